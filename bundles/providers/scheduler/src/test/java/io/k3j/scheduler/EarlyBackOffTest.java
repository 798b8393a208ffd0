package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static io.k3j.scheduler.SchedulerBed.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import org.junit.jupiter.api.Test;

/// A pod in back-off while nothing else is due.
class EarlyBackOffTest {
    private final SchedulerBed bed = new SchedulerBed();

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
