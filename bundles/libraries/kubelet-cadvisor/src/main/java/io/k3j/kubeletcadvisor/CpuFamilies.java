package io.k3j.kubeletcadvisor;

import io.k3j.kubeletcadvisor.SampleFamily.Point;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// Processor time of groups, in seconds, and what upstream tells of load, which the kubelet does not count: 0.
final class CpuFamilies {
    private static final double NANOS = 1e9;
    private static final List<String> STATES = List.of("sleeping", "running", "stopped", "uninterruptible",
            "iowaiting");

    private CpuFamilies() {
    }

    static List<SampleFamily> all() {
        return List.of(
                SampleFamily.counter("container_cpu_user_seconds_total", "Processor time outside of the kernel.",
                        s -> s.cpu().user() / NANOS),
                SampleFamily.counter("container_cpu_system_seconds_total", "Processor time in the kernel.",
                        s -> s.cpu().system() / NANOS),
                SampleFamily.counters("container_cpu_usage_seconds_total", "Processor time.",
                        s -> s.cpu().total() > 0 ? Stream.of(Point.of(s.cpu().total() / NANOS, "cpu", "total"))
                                : Stream.empty()),
                limited("container_cpu_cfs_periods_total", "Periods in which the quota counted.",
                        s -> s.cpu().periods()),
                limited("container_cpu_cfs_throttled_periods_total", "Periods in which the quota was used up.",
                        s -> s.cpu().throttledPeriods()),
                limited("container_cpu_cfs_throttled_seconds_total", "Time threads waited for the quota.",
                        s -> s.cpu().throttled() / NANOS),
                limited("container_cpu_cfs_burst_periods_total", "Periods in which more than the quota was used.",
                        s -> s.cpu().burstPeriods()),
                limited("container_cpu_cfs_burst_seconds_total", "Processor time beyond the quota.",
                        s -> s.cpu().burst() / NANOS),
                SampleFamily.gauge("container_cpu_load_average_10s", "Not counted.", _ -> 0),
                SampleFamily.gauge("container_cpu_load_d_average_10s", "Not counted.", _ -> 0),
                SampleFamily.gauges("container_tasks_state", "Not counted.",
                        _ -> STATES.stream().map(state -> Point.of(0, "state", state))));
    }

    /// Of groups with a quota only.
    private static SampleFamily limited(String name, String help, Function<CgroupSample, Number> value) {
        return SampleFamily.counters(name, help,
                s -> s.limits().quota() == 0 ? Stream.empty() : Stream.of(Point.of(value.apply(s))));
    }
}
