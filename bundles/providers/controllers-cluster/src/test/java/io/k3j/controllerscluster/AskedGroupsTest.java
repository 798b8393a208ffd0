package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AskedGroupsTest {
    private static final Set<String> HANGS = Set.of("hangs.example");
    private final List<String> called = new ArrayList<>();
    private final AskedGroups asked = new AskedGroups(called::add);

    @Test
    void aServerThatDoesNotAnswerDelaysNoOther() {
        assertThat(asked.alone("a", HANGS, () -> {
            assertThat(asked.alone("b", HANGS, () -> "asked")).as("its own").isEmpty();
            assertThat(asked.alone("c", Set.of("hangs.example", "other.example"), () -> "asked")).isEmpty();
            assertThat(asked.alone("d", Set.of("other.example"), () -> "asked")).contains("asked");
            return "answered";
        })).contains("answered");
        assertThat(asked.alone("e", HANGS, () -> "asked")).as("again").contains("asked");
    }

    @Test
    void whoWasTurnedAwayIsCalledAsSoonAsItsServerHasAnsweredOneAfterTheOther() {
        asked.alone("a", HANGS, () -> asked.alone("b", HANGS, () -> "b").or(() -> asked.alone("c", HANGS, () -> "c")));
        assertThat(called).containsExactly("b");
        asked.alone("b", HANGS, () -> "b");
        assertThat(called).containsExactly("b", "c");
        asked.alone("c", HANGS, () -> "c");
        assertThat(called).as("nobody is left").hasSize(2);
    }

    @Test
    void aFailureEndsTheQuestion() {
        assertThatThrownBy(() -> asked.alone("a", HANGS, () -> {
            throw new IllegalStateException("refused");
        })).hasMessage("refused");
        assertThat(asked.alone("b", HANGS, () -> "asked")).contains("asked");
    }
}
