package io.k3j.kubeletcadvisor;

import io.k3j.kubeletcadvisor.CgroupSample.Limits;
import io.k3j.kubeletcadvisor.SampleFamily.Point;
import io.k3j.metricstext.MetricText;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// What is set for groups: their limits, and when they were made.
final class SpecFamilies {
    /// Beyond it the kernel means that there is no limit, which is told as 0.
    private static final long MOST_MEMORY = 1L << 62;

    private SpecFamilies() {
    }

    static List<SampleFamily> all() {
        return List.of(
                family("container_start_time_seconds", "When it was made, in seconds since 1970.",
                        s -> Stream.of(Point.of(s.created().getEpochSecond()))),
                processor("container_spec_cpu_period", "Period of the quota, in microseconds.", Limits::period),
                family("container_spec_cpu_quota", "Processor time per period, in microseconds.",
                        s -> s.limits().processor() && s.limits().quota() != 0
                                ? Stream.of(Point.of(s.limits().quota())) : Stream.empty()),
                processor("container_spec_cpu_shares", "Shares of processors that are short.", Limits::shares),
                memory("container_spec_memory_limit_bytes", "Limit of memory, 0 for none.", Limits::memoryBytes),
                memory("container_spec_memory_swap_limit_bytes", "Limit of swap, 0 for none.", Limits::swapBytes),
                memory("container_spec_memory_reservation_limit_bytes", "Memory that is left to it, 0 for none.",
                        Limits::reservedBytes));
    }

    private static SampleFamily family(String name, String help, Function<CgroupSample, Stream<Point>> points) {
        return new SampleFamily(name, MetricText.Type.GAUGE, help, false, points);
    }

    private static SampleFamily processor(String name, String help, Function<Limits, Number> value) {
        return family(name, help,
                s -> s.limits().processor() ? Stream.of(Point.of(value.apply(s.limits()))) : Stream.empty());
    }

    private static SampleFamily memory(String name, String help, Function<Limits, Long> value) {
        return family(name, help, s -> {
            long limit = value.apply(s.limits());
            return s.limits().memory() ? Stream.of(Point.of(limit > MOST_MEMORY ? 0 : limit)) : Stream.empty();
        });
    }
}
