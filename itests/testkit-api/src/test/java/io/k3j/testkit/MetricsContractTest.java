package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Metrics;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The suite of [Metrics] lets pass who keeps the promises, and finds each that is broken.
class MetricsContractTest {
    private static final String GOOD = """
            # HELP doors_opened_total Doors that "somebody" opened.
            # TYPE doors_opened_total counter
            doors_opened_total{where="a \\"b\\" c",by="x\\\\"} 3
            doors_opened_total{where="d",by=""} 0 1700000000000
            # HELP door_seconds How long they stood open.
            # TYPE door_seconds histogram
            door_seconds_bucket{le="1"} 1
            door_seconds_bucket{le="+Inf"} 2
            door_seconds_sum 7.5
            door_seconds_count 2
            # HELP doors Doors there are.
            # TYPE doors gauge
            doors +Inf
            # HELP windows Windows there are, of which none has been seen.
            # TYPE windows gauge
            """;

    private static MetricsContract of(Metrics metrics) {
        return new MetricsContract() {
            @Override
            protected Metrics metrics() {
                return metrics;
            }
        };
    }

    @Test
    void whoKeepsThePromisesPasses() {
        MetricsContract kept = of(() -> GOOD);
        assertThatCode(() -> {
            kept.guarantee1ItsTextIsWhole();
            kept.guarantee2WhatIsCountedNeverGoesDown();
            kept.guarantee3IsAskedBySeveralThreadsAtOnce();
        }).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# HELP a b", "a 1\n", "# HELP a b\na 1\n", "# TYPE a gauge\na 1\n",
            "# HELP a b\n# TYPE a number\na 1\n", "# HELP a b\n# TYPE a gauge\na 1\na 2\n",
            "# HELP a b\n# TYPE a gauge\nb 1\n", "# HELP a b\n# TYPE a gauge\na\n",
            "# HELP a b\n# TYPE a gauge\na_sum 1\n", "# HELP a-b c\n# TYPE a-b gauge\na-b 1\n",
            "# HELP a b\n# TYPE a gauge\na one\n", "# HELP a b\n# TYPE a gauge\na 1\n# HELP a b\n# TYPE a gauge\n"})
    void aTextThatIsNotWholeIsFound(String text) {
        assertThatThrownBy(of(() -> text)::guarantee1ItsTextIsWhole)
                .isInstanceOfAny(AssertionError.class, NumberFormatException.class);
    }

    @Test
    void aCounterThatGoesDownIsFound() {
        AtomicInteger left = new AtomicInteger(9);
        assertThatThrownBy(of(() -> "# HELP a b\n# TYPE a counter\na " + left.decrementAndGet()
                + "\n")::guarantee2WhatIsCountedNeverGoesDown).isInstanceOf(AssertionError.class);
        assertThatCode(of(() -> "# HELP a b\n# TYPE a gauge\na " + left.decrementAndGet()
                + "\n")::guarantee2WhatIsCountedNeverGoesDown).doesNotThrowAnyException();
    }

    @Test
    void oneThatTellsOthersFamiliesWhenItIsAskedAtOnceIsFound() {
        AtomicInteger asked = new AtomicInteger();
        assertThatThrownBy(of(() -> "# HELP a" + asked.incrementAndGet() + " b\n# TYPE a" + asked.get()
                + " gauge\n")::guarantee3IsAskedBySeveralThreadsAtOnce).isInstanceOf(AssertionError.class);
    }
}
