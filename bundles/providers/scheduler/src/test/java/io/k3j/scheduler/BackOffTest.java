package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static io.k3j.scheduler.SchedulerBed.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pods in back-off, when there is something else to do and when there is not.
class BackOffTest {
    private final SchedulerBed bed = new SchedulerBed();
    private SchedulingQueue queue;

    @BeforeEach
    void makeQueue() {
        queue = new SchedulingQueue(bed.clock, SchedulerConfiguration.DEFAULT);
    }

    /// A pod whose attempt has failed, and which an event has helped since.
    private void backsOff(String name, long priority) {
        queue.add(new PodInfo(bed.pod(name, cpu("1", priority))));
        queue.failed(queue.take().orElseThrow(), Set.of(NodeFilters.FIT));
        queue.changed(QueueEvents.ASSIGNED_DELETE, Set.of(NodeFilters.FIT));
    }

    private String next() {
        return queue.take().map(e -> e.pod().key().name()).orElse("");
    }

    @Test
    void areTakenWhenNothingElseIsDue() {
        backsOff("a", 0);
        assertThat(queue.pending().backOff()).isEqualTo(1);
        queue.add(new PodInfo(bed.pod("b", cpu("1"))));
        assertThat(next()).isEqualTo("b");
        assertThat(next()).isEqualTo("a");
        assertThat(queue.pending().backOff()).isZero();
        assertThat(next()).isEmpty();
    }

    @Test
    void theMoreImportantOfThoseThatEndInOneSecondIsTakenFirst() {
        backsOff("highest", 3);
        // its second attempt, with a longer back-off
        queue.failed(queue.take().orElseThrow(), Set.of(NodeFilters.FIT));
        queue.changed(QueueEvents.ASSIGNED_DELETE, Set.of(NodeFilters.FIT));
        backsOff("low", 1);
        bed.clock.advance(Duration.ofMillis(400));
        backsOff("high", 2);
        assertThat(queue.pending().backOff()).isEqualTo(3);
        assertThat(next()).isEqualTo("high");
        assertThat(next()).isEqualTo("low");
        assertThat(next()).isEqualTo("highest");
    }

    @Test
    void thoseThatWaitAfterAnErrorWaitForItsEnd() {
        queue.add(new PodInfo(bed.pod("a", cpu("1"))));
        queue.error(queue.take().orElseThrow());
        bed.clock.advance(Duration.ofMillis(999));
        assertThat(next()).isEmpty();
        bed.clock.advance(Duration.ofMillis(1));
        assertThat(next()).isEqualTo("a");
    }

    @Test
    void oneThatLeavesIsNotTaken() {
        backsOff("a", 0);
        queue.remove(bed.get("a").uid());
        assertThat(next()).isEmpty();
    }

    @Test
    void roomIsTakenAsSoonAsItIsThere() {
        bed.node("n1", "1");
        bed.bound("a", "n1", cpu("1"));
        bed.pod("b", cpu("1"));
        bed.settle();
        assertThat(bed.node("b")).isEmpty();
        bed.api.vanish(BuiltinResources.PODS, key("a"));
        bed.settle();
        assertThat(bed.node("b")).isEqualTo("n1");
        assertThat(bed.watching.metrics().text(bed.watching.queue(), bed.watching.cluster().sizes())).contains(
                "scheduler_queue_incoming_pods_total{event=\"PopFromBackoffQ\",queue=\"active\"} 1\n");
    }
}
