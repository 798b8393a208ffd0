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
        assertThat(TokenChecks.problems(Map.of("agentToken", token, "agentTokenFile", "/t"), true)).singleElement()
                .asString().startsWith("invalid --agent-token-file /t: ");
    }

    /// A server keeps its token in files of lines; who joins another cluster's keeps it nowhere.
    @Test
    void aServersTokenIsOneLine() {
        assertThat(TokenChecks.problems(Map.of("token", "secret\n"), true)).singleElement().asString()
                .contains("one line").doesNotContain("secret");
        assertThat(TokenChecks.problems(Map.of("token", "secret\n"), false)).isEmpty();
    }
}
