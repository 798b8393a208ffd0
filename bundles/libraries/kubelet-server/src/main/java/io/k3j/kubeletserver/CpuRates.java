package io.k3j.kubeletserver;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Nanoseconds of processor per second since the last look, of containers and of the node. Any thread.
final class CpuRates {
    static final long NANOS = 1_000_000_000L;
    /// Containers come and go under new ids; beyond this all samples are dropped and each rate is 0 once.
    private static final int MAX_REMEMBERED = 4_000;
    /// The last look at each container by its id, at the node by `/`.
    private final Map<String, Sample> before = new ConcurrentHashMap<>();

    /// What was seen, and the rate that was told with it.
    private record Sample(Instant at, long cpuNanos, long rate) {
    }

    /// Two looks less than a second apart get the same rate: the difference of two near figures says nothing. The first
    /// look is 0. A counter that went back, as that of a container that was started again, is 0 and not less.
    /// @return billionths of a core
    long rate(String id, Instant at, long cpuNanos) {
        Sample last = before.get(id);
        long passed = last == null ? 0 : Duration.between(last.at(), at).toNanos();
        if (last != null && passed < NANOS) {
            return last.rate();
        }
        long rate = last == null ? 0
                : (long) ((double) Math.max(0, cpuNanos - last.cpuNanos()) * NANOS / passed);
        if (before.size() > MAX_REMEMBERED) {
            before.clear();
        }
        before.put(id, new Sample(at, cpuNanos, rate));
        return rate;
    }
}
