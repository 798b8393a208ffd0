package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CompletenessTest {
    /// A service of one bundle.
    private record First(String name) {
    }

    /// A service of another.
    private record Second(String name) {
    }

    private static List<Slot.Entry<Object>> present(Object... services) {
        return Arrays.stream(services).map(s -> new Slot.Entry<>(s, Map.of(), s.getClass().getName(), s.toString()))
                .toList();
    }

    @Test
    void whatIsDeclaredIsMissedBeforeItHasEverCome() {
        Completeness<Object> two = Completeness.declared(Set.of("a", "b"), Object::toString);
        assertThat(two.missing(List.of())).isEqualTo("a");
        assertThat(two.missing(present("a"))).isEqualTo("b");
        assertThat(two.missing(present("b", "c", "a"))).isNull();
        assertThat(two.missing(present("b", "a"))).as("nobody has declared c").isNull();
    }

    @Test
    void whatHasBeenThereIsMissed() {
        Completeness<Object> history = Completeness.remembered();
        assertThat(history.missing(List.of())).isNull();
        assertThat(history.missing(present(new First("old"), new Second("other")))).isNull();
        assertThat(history.missing(present(new Second("other")))).isEmpty();
        assertThat(history.missing(present(new Second("other"), new First("new")))).isNull();
    }

    @Test
    void twoGenerationsSideBySideCountOnce() {
        Completeness<Object> history = Completeness.remembered();
        assertThat(history.missing(present(new First("old"), new Second("other"), new First("new")))).isNull();
        assertThat(history.missing(present(new Second("other"), new First("new")))).isNull();
    }

    @Test
    void whatWasTakenOutForGoodIsNotMissed() {
        Completeness<Object> history = Completeness.remembered();
        assertThat(history.missing(present(new First("plugin"), new Second("other")))).isNull();
        assertThat(history.missing(present(new Second("other")))).isEmpty();
        history.forget(1);
        assertThat(history.missing(present(new Second("other")))).isNull();
        assertThat(history.missing(present())).as("the other one still is").isEmpty();
    }

    @Test
    void bothMustHold() {
        Completeness<Object> both = Completeness.declaredAndRemembered(Set.of("a"), Object::toString);
        assertThat(both.missing(present("b"))).isEqualTo("a");
        assertThat(both.missing(present("a", new First("x")))).isNull();
        assertThat(both.missing(present("a"))).isEmpty();
    }
}
