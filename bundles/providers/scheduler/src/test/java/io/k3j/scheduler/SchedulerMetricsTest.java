package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is told on `/metrics`, by upstream's names.
class SchedulerMetricsTest {
    private static final String FIT = "scheduler_plugin_execution_duration_seconds_count{extension_point=\"Filter\","
            + "plugin=\"NodeResourcesFit\",status=\"Success\"} ";
    private final SchedulerBed bed = new SchedulerBed();

    private List<String> lines() {
        return bed.watching.metrics().text(bed.watching.queue(), bed.watching.cluster().sizes()).lines().toList();
    }

    @Test
    void attemptsAndThoseWhoWaitAreCounted() {
        bed.node("n1", "1");
        bed.pod("a", cpu("1"));
        bed.settle();
        bed.pod("b", cpu("1"));
        bed.settle();
        assertThat(lines()).contains("# TYPE scheduler_schedule_attempts_total counter",
                "scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"scheduled\"} 1",
                "scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"unschedulable\"} 1",
                "scheduler_pod_scheduling_sli_duration_seconds_count{attempts=\"1\"} 1",
                "scheduler_pod_scheduling_attempts_sum 1.0", "scheduler_scheduling_algorithm_duration_seconds_count 2",
                "scheduler_pending_pods{queue=\"active\"} 0", "scheduler_pending_pods{queue=\"unschedulable\"} 1",
                "scheduler_unschedulable_pods{plugin=\"NodeResourcesFit\",profile=\"default-scheduler\"} 1",
                "scheduler_queue_incoming_pods_total{event=\"UnschedulablePodAdd\",queue=\"active\"} 2",
                "scheduler_queue_incoming_pods_total{event=\"ScheduleAttemptFailure\",queue=\"unschedulable\"} 1",
                "scheduler_preemption_attempts_total 1", "scheduler_preemption_victims_count 0",
                "scheduler_cache_size{type=\"nodes\"} 1", "scheduler_cache_size{type=\"pods\"} 1",
                "scheduler_cache_size{type=\"assumed_pods\"} 0",
                "scheduler_framework_extension_point_duration_seconds_count{extension_point=\"Bind\","
                        + "profile=\"default-scheduler\",status=\"Success\"} 1");
    }

    @Test
    void anErrorAndTheTimeUntilAPodIsBoundAreCounted() {
        bed.node("n1", "1");
        bed.api.refuse("post", BuiltinResources.PODS, ApiFault.unavailable("away"));
        bed.pod("a", cpu("1"));
        bed.settle();
        assertThat(lines()).contains("scheduler_pending_pods{queue=\"backoff\"} 1");
        bed.later();
        assertThat(lines()).contains(
                "scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"error\"} 1",
                "scheduler_pod_scheduling_sli_duration_seconds_sum{attempts=\"2\"} 11.0",
                "scheduler_queue_incoming_pods_total{event=\"BackoffComplete\",queue=\"active\"} 1");
    }

    @Test
    void aPodsTimeBeginsWhenItComes() {
        bed.node("n1", "1");
        bed.settle();
        bed.pod("a", cpu("1"));
        while (bed.api.deliver()) {
            // the scheduler hears of it and has not looked at it yet
        }
        bed.clock.advance(Duration.ofSeconds(3));
        bed.settle();
        assertThat(lines()).contains("scheduler_pod_scheduling_sli_duration_seconds_sum{attempts=\"1\"} 3.0",
                "scheduler_scheduling_attempt_duration_seconds_sum{profile=\"default-scheduler\","
                        + "result=\"scheduled\"} 0.0");
    }

    @Test
    void victimsAreCounted() {
        bed.node("n1", "2");
        bed.bound("low1", "n1", cpu("1"));
        bed.bound("low2", "n1", cpu("1"));
        bed.settle();
        bed.pod("high", cpu("2", 1_000));
        bed.settle();
        assertThat(lines()).contains("scheduler_preemption_attempts_total 1", "scheduler_preemption_victims_count 1",
                "scheduler_preemption_victims_sum 2.0");
    }

    @Test
    void ofTenAttemptsOneHasItsPlugInsTimed() {
        bed.node("n1", "4");
        for (int i = 0; i < 10; i++) {
            bed.pod("p" + i, cpu("1m"));
            bed.settle();
        }
        assertThat(lines()).contains(FIT + 1);
        bed.pod("last", cpu("1m"));
        bed.settle();
        assertThat(lines()).contains(FIT + 2);
    }

    @Test
    void podsWithGatesAreCountedApart() {
        bed.node("n1", "1");
        Obj gated = bed.pod("g", cpu("1").with("schedulingGates", Seq.of(Struct.of("name", "example.com/wait"))));
        bed.settle();
        assertThat(lines()).contains("scheduler_pending_pods{queue=\"gated\"} 1",
                "scheduler_unschedulable_pods{plugin=\"SchedulingGates\",profile=\"default-scheduler\"} 1");
        bed.api.seed(BuiltinResources.PODS, gated.with(Seq.EMPTY, "spec", "schedulingGates"));
        bed.settle();
        assertThat(bed.node("g")).isEqualTo("n1");
        assertThat(lines()).contains("scheduler_pending_pods{queue=\"gated\"} 0",
                "scheduler_queue_incoming_pods_total{event=\"UnschedulablePodUpdatePodSchedulingGatesEliminated\","
                        + "queue=\"active\"} 1");
    }

    @Test
    void aPodThatNoEventHelpedIsTriedAgainInTheEnd() {
        bed.node("n1", "1");
        bed.pod("a", cpu("2"));
        bed.settle();
        bed.clock.advance(Duration.ofMinutes(6));
        bed.settle();
        assertThat(lines()).contains(
                "scheduler_queue_incoming_pods_total{event=\"UnschedulableTimeout\",queue=\"active\"} 1",
                "scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"unschedulable\"} 2");
    }
}
