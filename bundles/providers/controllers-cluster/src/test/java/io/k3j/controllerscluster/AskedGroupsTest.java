package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

class AskedGroupsTest {
    private static final Set<String> HANGS = Set.of("hangs.example");
    private final AskedGroups asked = new AskedGroups();

    @Test
    void aServerThatDoesNotAnswerDelaysNoOther() {
        assertThat(asked.alone(HANGS, () -> {
            assertThat(asked.alone(HANGS, () -> "asked")).as("its own").isEmpty();
            assertThat(asked.alone(Set.of("hangs.example", "other.example"), () -> "asked")).isEmpty();
            assertThat(asked.alone(Set.of("other.example"), () -> "asked")).contains("asked");
            return "answered";
        })).contains("answered");
        assertThat(asked.alone(HANGS, () -> "asked")).as("again").contains("asked");
    }

    @Test
    void aFailureEndsTheQuestion() {
        assertThatThrownBy(() -> asked.alone(HANGS, () -> {
            throw new IllegalStateException("refused");
        })).hasMessage("refused");
        assertThat(asked.alone(HANGS, () -> "asked")).contains("asked");
    }
}
