package io.k3j.admissioncore;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongConsumer;

/// How long an eviction waits before it looks again at what others changed: longer each time, and no two as long, so
/// that those who met do not meet again. All of one request together are less than eight seconds. Any thread.
///
/// @param park waits so many nanoseconds; blocks
/// @param random from 0 to 1
record EvictionPauses(LongConsumer park, DoubleSupplier random) {
    /// As many as upstream's `EvictionsRetry`.
    static final int TRIES = 20;
    private static final Duration FIRST = Duration.ofMillis(10);
    /// As long as upstream's are all.
    private static final Duration LONGEST = Duration.ofMillis(500);

    /// Waits after so many failures in a row; not at all before the first.
    void after(int failures) {
        if (failures > 0) {
            long doubled = FIRST.toNanos() << failures - 1;
            double most = Math.min(doubled, LONGEST.toNanos());
            park.accept((long) (most * (1 + random.getAsDouble()) / 2));
        }
    }
}
