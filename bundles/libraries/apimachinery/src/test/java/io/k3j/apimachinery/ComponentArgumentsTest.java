package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ComponentArgumentsTest {
    private static ComponentArguments given(String... arguments) {
        return ComponentArguments.of("--kube-apiserver-arg", arguments);
    }

    @Test
    void theLastValueOfAnArgumentCounts() {
        ComponentArguments arguments = given("a=1", "ab=2", "a=3", "b");
        assertThat(arguments.values("a")).containsExactly("1", "3");
        assertThat(arguments.value("a")).contains("3");
        assertThat(arguments.value("b")).contains("true");
        assertThat(arguments.value("c")).isEmpty();
    }

    @Test
    void readsWhatArgumentsAreAndTakesTheDefaultWhereTheyAreNotGiven() {
        ComponentArguments arguments = given("whole=-7", "number=0.25", "duration=1m30s", "truth=F");
        assertThat(arguments.whole("whole", 1, Long.MIN_VALUE)).isEqualTo(-7);
        assertThat(arguments.whole("absent", 1, 0)).isOne();
        assertThat(arguments.number("number", 1)).isEqualTo(0.25);
        assertThat(arguments.duration("duration", Duration.ZERO, "1m")).isEqualTo(Duration.ofSeconds(90));
        assertThat(arguments.duration("absent", Duration.ofSeconds(5), "1m")).isEqualTo(Duration.ofSeconds(5));
        assertThat(given("d=0").durationOrZero("d", Duration.ofSeconds(5), "1m")).isZero();
        assertThat(arguments.truth("truth", true)).isFalse();
        assertThat(arguments.truth("absent", true)).isTrue();
    }

    private static void refused(String value, Function<ComponentArguments, Object> read, String message) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> read.apply(given("x=" + value)))
                .withMessage("--kube-apiserver-arg=x=" + value + " must be " + message);
    }

    @Test
    void saysWhatToTypeInPlaceOfAWrongValue() {
        refused("9x", a -> a.whole("x", 300, Long.MIN_VALUE), "a whole number; try --kube-apiserver-arg=x=300");
        refused("-1", a -> a.whole("x", 5, 0), "a whole number of at least 0; try --kube-apiserver-arg=x=5");
        refused("-0.1", a -> a.number("x", 0.1),
                "a number such as 0.5, not below zero; try --kube-apiserver-arg=x=0.1");
        refused("NaN", a -> a.number("x", 0.1),
                "a number such as 0.5, not below zero; try --kube-apiserver-arg=x=0.1");
        refused("5", a -> a.duration("x", Duration.ZERO, "5s"),
                "a duration longer than zero; try --kube-apiserver-arg=x=5s");
        refused("0s", a -> a.duration("x", Duration.ZERO, "5s"),
                "a duration longer than zero; try --kube-apiserver-arg=x=5s");
        refused("-1s", a -> a.durationOrZero("x", Duration.ZERO, "5s"),
                "a duration, not below zero; try --kube-apiserver-arg=x=5s");
        refused("yes", a -> a.truth("x", true), "true or false; try --kube-apiserver-arg=x=true");
    }
}
