package io.k3j.imageregistries;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeTest {
    @Test
    void aTokenIsPreferred() {
        Challenge one = Challenge.of(List.of("Basic realm=\"x\"",
                "Bearer realm=\"https://a/token?x=1,2\", service=\"a \\\"b\\\"\","
                        + "scope=repository:x:pull"))
                .orElseThrow();
        assertThat(one.scheme()).isEqualTo("bearer");
        assertThat(one.parameters()).containsEntry("realm", "https://a/token?x=1,2")
                .containsEntry("service", "a \"b\"").containsEntry("scope", "repository:x:pull");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Negotiate", "Bearer", "Bearer service=\"x\"", "=", "Digest realm=\"x\"", "Bearer \"="})
    void whatCannotBeMetIsNone(String header) {
        assertThat(Challenge.of(List.of(header))).isEmpty();
    }

    @Test
    void anUnfinishedOneEnds() {
        assertThat(Challenge.of(List.of("Bearer realm=\"https://a")).orElseThrow().parameters())
                .containsEntry("realm", "https://a");
    }
}
