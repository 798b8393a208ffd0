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

    /// A service of a plug-in.
    private record Plugin(String owner, int number) {
    }

    private static Slot.Entry<Object> entry(Object service) {
        return service instanceof Plugin one
                ? new Slot.Entry<>(service, Map.of(Slot.OWNER, one.owner()), "sort" + one.number(), "")
                : new Slot.Entry<>(service, Map.of(), service.getClass().getName(), service.toString());
    }

    private static List<Slot.Entry<Object>> present(Object... services) {
        return Arrays.stream(services).map(CompletenessTest::entry).toList();
    }

    @Test
    void whatIsDeclaredIsMissedBeforeItHasEverCome() {
        Completeness<Object> two = Completeness.declared(Set.of("a", "b"), Object::toString);
        assertThat(two.missingName(List.of())).isEqualTo("a");
        assertThat(two.missingName(present("a"))).isEqualTo("b");
        assertThat(two.missingName(present("b", "c", "a"))).isNull();
        assertThat(two.missingName(present("b", "a"))).as("nobody has declared c").isNull();
    }

    @Test
    void whatHasBeenThereIsMissed() {
        Completeness<Object> history = Completeness.remembered();
        assertThat(history.missingOwner(List.of())).isNull();
        assertThat(history.missingOwner(present(new First("old"), new Second("other")))).isNull();
        assertThat(history.missingOwner(present(new Second("other")))).isEmpty();
        assertThat(history.missingOwner(present(new Second("other"), new First("new")))).isNull();
    }

    @Test
    void twoGenerationsSideBySideCountOnce() {
        Completeness<Object> history = Completeness.remembered();
        assertThat(history.missingOwner(present(new First("old"), new Second("other"), new First("new")))).isNull();
        assertThat(history.missingOwner(present(new Second("other"), new First("new")))).isNull();
    }

    @Test
    void whatWasTakenOutForGoodIsNotMissed() {
        Completeness<Object> history = Completeness.remembered();
        Plugin one = new Plugin("one", 1);
        Plugin other = new Plugin("other", 1);
        assertThat(history.missingOwner(present(one, other))).isNull();
        assertThat(history.missingOwner(present(other))).isEqualTo("one");
        history.forget("one");
        assertThat(history.missingOwner(present(other))).isNull();
        assertThat(history.missingOwner(present())).as("the other one still is").isEqualTo("other");
    }

    @Test
    void nobodyElsesServicesStandForThoseThatAreMissed() {
        Completeness<Object> history = Completeness.remembered();
        history.missingOwner(present(new Plugin("one", 1)));
        assertThat(history.missingOwner(present())).isEqualTo("one");
        assertThat(history.missingOwner(present(new Plugin("two", 1), new Plugin("two", 2), new Plugin("three", 1))))
                .isEqualTo("one");
        assertThat(history.missingOwner(present(new Plugin("two", 1), new Plugin("three", 1), new Plugin("one", 1))))
                .as("it is back, and another one has less").isEqualTo("two");
    }

    @Test
    void bothMustHold() {
        Completeness<Object> both = Completeness.declaredAndRemembered(Set.of("a"), Object::toString);
        assertThat(both.missingName(present("b"))).isEqualTo("a");
        List<Slot.Entry<Object>> all = present("a", new Plugin("one", 1));
        assertThat(both.missingName(all)).isNull();
        assertThat(both.missingOwner(all)).isNull();
        assertThat(both.missingName(present("a"))).isNull();
        assertThat(both.missingOwner(present("a"))).isEqualTo("one");
        assertThat(both.missingName(present("b"))).as("one does not hide the other").isEqualTo("a");
        assertThat(both.missingOwner(present("b"))).isEqualTo("one");
    }
}
