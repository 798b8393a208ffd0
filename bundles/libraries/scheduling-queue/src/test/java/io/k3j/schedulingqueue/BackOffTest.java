package io.k3j.schedulingqueue;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Pods in back-off, when there is something else to do and when there is not.
class BackOffTest {
    private static final Set<String> FIT = Set.of("NodeResourcesFit");
    private final ManualClock clock = new ManualClock();
    private final SchedulingQueue queue = WaitingPods.queue(clock);

    /// A pod whose attempt has failed, and which an event has helped since.
    private void backsOff(String name, long priority) {
        queue.add(WaitingPods.pod(name, priority));
        queue.failed(queue.take().orElseThrow(), FIT);
        queue.changed(QueueEvents.ASSIGNED_DELETE, FIT);
    }

    private String next() {
        return queue.take().map(e -> e.pod().key().name()).orElse("");
    }

    @Test
    void areTakenWhenNothingElseIsDue() {
        backsOff("a", 0);
        assertThat(queue.pending().backOff()).isEqualTo(1);
        queue.add(WaitingPods.pod("b", 0));
        assertThat(next()).isEqualTo("b");
        assertThat(next()).isEqualTo("a");
        assertThat(queue.pending().backOff()).isZero();
        assertThat(next()).isEmpty();
    }

    @Test
    void theMoreImportantOfThoseThatEndInOneSecondIsTakenFirst() {
        backsOff("highest", 3);
        // its second attempt, with a longer back-off
        queue.failed(queue.take().orElseThrow(), FIT);
        queue.changed(QueueEvents.ASSIGNED_DELETE, FIT);
        backsOff("low", 1);
        clock.advance(Duration.ofMillis(400));
        backsOff("high", 2);
        assertThat(queue.pending().backOff()).isEqualTo(3);
        assertThat(next()).isEqualTo("high");
        assertThat(next()).isEqualTo("low");
        assertThat(next()).isEqualTo("highest");
    }

    @Test
    void thoseThatWaitAfterAnErrorWaitForItsEnd() {
        queue.add(WaitingPods.pod("a", 0));
        queue.error(queue.take().orElseThrow());
        clock.advance(Duration.ofMillis(999));
        assertThat(next()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(next()).isEqualTo("a");
    }

    /// One whose volumes cannot be made is parked between its errors.
    @Test
    void waitingForItsVolumesForgetsNoError() {
        queue.add(WaitingPods.pod("a", 0));
        queue.error(queue.take().orElseThrow());
        clock.advance(Duration.ofSeconds(1));
        queue.park(queue.take().orElseThrow(), FIT);
        queue.changed(QueueEvents.ASSIGNED_DELETE, FIT);
        queue.error(queue.take().orElseThrow());
        clock.advance(Duration.ofMillis(1_999));
        assertThat(next()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(next()).isEqualTo("a");
    }

    /// A pod that has waited for long is to get its node soon when the binding fails once.
    @Test
    void anErrorWaitsAsOftenAsThereWereErrorsInARow() {
        queue.add(WaitingPods.pod("a", 0));
        for (int i = 0; i < 5; i++) {
            queue.failed(queue.take().orElseThrow(), FIT);
            queue.changed(QueueEvents.ASSIGNED_DELETE, FIT);
        }
        queue.error(queue.take().orElseThrow());
        clock.advance(Duration.ofMillis(999));
        assertThat(next()).isEmpty();
        clock.advance(Duration.ofMillis(1));
        queue.error(queue.take().orElseThrow());
        clock.advance(Duration.ofMillis(1_999));
        assertThat(next()).as("twice as long").isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(next()).isEqualTo("a");
    }

    @Test
    void oneThatLeavesIsNotTaken() {
        backsOff("a", 0);
        queue.remove(WaitingPods.pod("a", 0).uid());
        assertThat(next()).isEmpty();
    }
}
