package io.k3j.bench;

import java.util.concurrent.atomic.AtomicLongArray;

/// Latencies with about 3 % resolution; any thread may add.
final class Histogram {
    private static final int STEPS = 32;
    private final AtomicLongArray buckets = new AtomicLongArray(64 * STEPS);

    void add(long nanos) {
        long value = Math.max(STEPS, nanos);
        int exponent = 63 - Long.numberOfLeadingZeros(value);
        int step = (int) (value >>> (exponent - 5)) & (STEPS - 1);
        buckets.incrementAndGet(exponent * STEPS + step);
    }

    long count() {
        long sum = 0;
        for (int i = 0; i < buckets.length(); i++) {
            sum += buckets.get(i);
        }
        return sum;
    }

    /// The value below which that part of the latencies lies, in microseconds.
    double micros(double quantile) {
        long wanted = (long) (count() * quantile);
        long sum = 0;
        for (int i = 0; i < buckets.length(); i++) {
            sum += buckets.get(i);
            if (sum > wanted) {
                return (1L << i / STEPS) * (1 + (i % STEPS + 0.5) / STEPS) / 1_000;
            }
        }
        return 0;
    }
}
