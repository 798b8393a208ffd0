package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Bootstrap tokens as `k3s token` writes and prints them.
class TokenListTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final String TOKEN = "abcdef.0123456789abcdef";

    private static Struct written(String... arguments) {
        return TokenSecrets.secret(TOKEN, Words.of(List.of(arguments), TokenCommand.FORM), NOW).struct("stringData");
    }

    /// As the API server gives it back.
    private static BootstrapToken read(String... arguments) {
        Struct.Builder data = Struct.builder();
        Struct written = written(arguments);
        for (String name : written.names()) {
            data.put(name, Base64.getEncoder().encodeToString(written.text(name).getBytes(StandardCharsets.UTF_8)));
        }
        return BootstrapToken.of(data.build());
    }

    @Test
    void groupsAndUsagesAddUp() {
        assertThat(written("--groups", "system:bootstrappers:a", "--groups=system:bootstrappers:b")
                .text("auth-extra-groups")).isEqualTo("system:bootstrappers:a,system:bootstrappers:b");
        assertThat(written().text("auth-extra-groups")).isEqualTo("system:bootstrappers:k3s:default-node-token");
        assertThat(written("--usages", "signing", "--usages=authentication").names())
                .contains("usage-bootstrap-signing", "usage-bootstrap-authentication");
    }

    @Test
    void aTokenIsNotOverwritten() {
        List<Struct> secrets = List.of(Struct.of("metadata", Struct.of("name", "bootstrap-token-abcdef")));
        assertThatThrownBy(() -> TokenSecrets.refuseKnown("abcdef", secrets))
                .hasMessage("a token with id \"abcdef\" already exists");
        assertThatCode(() -> TokenSecrets.refuseKnown("abcdeg", secrets)).doesNotThrowAnyException();
    }

    /// Whoever may write Secrets of kube-system writes to the terminal of whoever lists them.
    @Test
    void aDescriptionTellsTheTerminalNothing() {
        for (String output : List.of("text", "json", "yaml")) {
            assertThat(TokenList.text(List.of(read("--description", "a\u001b[2J\u009b1A\u007f")), output, NOW))
                    .doesNotContain("\u001b", "\u009b", "\u007f").contains("[2J");
        }
    }

    @Test
    void theListHasNoSecrets() {
        assertThat(TokenList.text(List.of(read(), read("--ttl", "0", "--description", "a b", "--usages=signing",
                "--groups=system:bootstrappers:b,system:bootstrappers:a")), "text", NOW)).isEqualTo("""
                        TOKEN     TTL         EXPIRES                USAGES                   DESCRIPTION   EXTRA GROUPS
                        abcdef    1d          2026-11-21T10:00:00Z   authentication,signing   <none>        \
                        system:bootstrappers:k3s:default-node-token
                        abcdef    <forever>   <never>                signing                  a b           \
                        system:bootstrappers:a,system:bootstrappers:b
                        """);
    }

    @Test
    void programsAreGivenTheStructureOfKubeadm() {
        List<BootstrapToken> tokens = List.of(read("--description=x"), read("--ttl=0", "--groups="));
        assertThat(TokenList.text(tokens, "json", NOW)).isEqualTo("[{\"token\":\"" + TOKEN + "\",\"description\":\"x\","
                + "\"expires\":\"2026-11-21T10:00:00Z\",\"usages\":[\"authentication\",\"signing\"],"
                + "\"groups\":[\"system:bootstrappers:k3s:default-node-token\"]},{\"token\":\"" + TOKEN
                + "\",\"usages\":[\"authentication\",\"signing\"]}]\n");
        assertThat(TokenList.text(tokens, "yaml", NOW)).isEqualTo("""
                - token:
                    id: abcdef
                    secret: 0123456789abcdef
                  description: x
                  ttl: null
                  expires: "2026-11-21T10:00:00Z"
                  usages:
                  - authentication
                  - signing
                  groups:
                  - system:bootstrappers:k3s:default-node-token
                - token:
                    id: abcdef
                    secret: 0123456789abcdef
                  description: ""
                  ttl: null
                  expires: null
                  usages:
                  - authentication
                  - signing
                  groups: []
                """);
        assertThat(TokenList.text(List.of(), "yaml", NOW)).isEqualTo("[]\n");
        assertThat(TokenList.text(List.of(), "json", NOW)).isEqualTo("[]\n");
    }

    @Test
    void aTokenIsDeletedByItsIdOrAsAWhole() {
        assertThat(TokenSecrets.id("abcdef")).isEqualTo("abcdef");
        assertThat(TokenSecrets.id(TOKEN)).isEqualTo("abcdef");
        for (String other : List.of("ABCDEF", "abc", "abcdef.short", "K10aa::" + TOKEN, "")) {
            assertThatThrownBy(() -> TokenSecrets.id(other)).hasMessageContaining("given token didn't match pattern");
        }
    }
}
