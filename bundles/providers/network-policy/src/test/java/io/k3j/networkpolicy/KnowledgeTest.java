package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class KnowledgeTest {
    private final ManualClock clock = new ManualClock();
    private final AtomicBoolean views = new AtomicBoolean();
    private final Knowledge awaiting = new Knowledge(views::get, true, clock.monotonic());

    @Test
    void withoutRangesItIsNotComplete() {
        assertThat(awaiting.getAsBoolean()).isFalse();
        views.set(true);
        assertThat(awaiting.getAsBoolean()).as("nobody knows this node's addresses").isFalse();
        awaiting.found();
        assertThat(awaiting.getAsBoolean()).isTrue();
    }

    @Test
    void rangesAloneAreNotEnough() {
        awaiting.found();
        assertThat(awaiting.getAsBoolean()).isFalse();
    }

    @Test
    void aNetworkOfSomebodyElseTellsNone() {
        Knowledge foreign = new Knowledge(views::get, false, clock.monotonic());
        assertThat(foreign.getAsBoolean()).isFalse();
        views.set(true);
        assertThat(foreign.getAsBoolean()).isTrue();
    }

    @Test
    void rangesThatDoNotComeHoldPoliciesUpForALimitedTime() {
        clock.advance(Knowledge.RANGES_LIMIT);
        views.set(true);
        assertThat(awaiting.getAsBoolean()).as("time before the policies are known does not count").isFalse();
        clock.advance(Knowledge.RANGES_LIMIT.minus(Duration.ofMillis(1)));
        assertThat(awaiting.getAsBoolean()).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(awaiting.getAsBoolean()).isTrue();
    }
}
