package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenChecksTest {
    @ParameterizedTest
    @ValueSource(strings = {"secret", "K10::server:secret", "abcdef.0123456789abcdef", " of a file ", "", "a:b c:d",
            "K10server:secret", "K10::node:a:b", "K10::abcdef.0123456789abcdef", " K10 is only how it goes on"})
    void takesEveryForm(String token) {
        assertThat(TokenChecks.problems(Map.of("token", token, "agentToken", token), true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"K10secret", "K10abc::server:secret", "K10::secret"})
    void saysWhatATokenLooksLikeAndNotWhatWasGiven(String token) {
        assertThat(TokenChecks.problems(Map.of("token", token), false)).singleElement().asString()
                .startsWith("invalid --token: invalid token ")
                .endsWith("must be in format K10<CA-HASH>::<USERNAME>:<PASSWORD> or <PASSWORD>")
                .doesNotContain("secret");
        assertThat(TokenChecks.problems(Map.of("token", token, "tokenFile", "/t"), true)).singleElement()
                .asString().startsWith("invalid --token-file /t: ");
    }

    /// A password as it is, unlike `--token`.
    @ParameterizedTest
    @ValueSource(strings = {"K10secret", "K10abc::server:secret", "K10::secret"})
    void anAgentTokenHasNoForm(String token) {
        assertThat(TokenChecks.problems(Map.of("agentToken", token), true)).isEmpty();
        assertThat(TokenChecks.problems(Map.of("agentToken", "K10::node:", "agentTokenFile", "/t"), true))
                .singleElement().asString().startsWith("invalid --agent-token-file /t: ");
    }

    /// K3s cannot use such a one either: what it reads from the file of passwords is another password.
    @Test
    void aServersTokenHasNoCarriageReturnBeforeALineBreak() {
        assertThat(TokenChecks.problems(Map.of("token", "sec\r\nret"), true)).singleElement().asString()
                .startsWith("invalid --token: a carriage return").doesNotContain("sec\r");
        assertThat(TokenChecks.problems(Map.of("token", "sec\r\nret"), false)).isEmpty();
        assertThat(TokenChecks.problems(Map.of("token", "sec\nret\n", "agentToken", "a\rb"), true)).isEmpty();
    }
}
