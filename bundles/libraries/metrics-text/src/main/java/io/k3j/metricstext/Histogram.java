package io.k3j.metricstext;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/// Counts how long something took, by bounds, as Prometheus' client libraries do
/// (<https://prometheus.io/docs/concepts/metric_types/#histogram>). Any thread; nothing blocks.
public final class Histogram {
    private static final double NANOS = 1e9;
    private final double[] bounds;
    /// The last one counts what took longer than all bounds.
    private final LongAdder[] counts;
    private final LongAdder nanos = new LongAdder();

    /// Has counted nothing.
    /// @param bounds in seconds, ascending; not copied, so that histograms of one kind share them
    public Histogram(double... bounds) {
        this.bounds = bounds;
        counts = new LongAdder[bounds.length + 1];
        Arrays.setAll(counts, i -> new LongAdder());
    }

    /// Bounds of which each is twice the one before, as `prometheus.ExponentialBuckets` makes them.
    /// @param first in seconds
    public static double[] doubling(double first, int number) {
        return IntStream.range(0, number).mapToDouble(i -> first * (1L << i)).toArray();
    }

    /// Counts one.
    /// @param took in nanoseconds
    public void add(long took) {
        int i = 0;
        while (i < bounds.length && took / NANOS > bounds[i]) {
            i++;
        }
        counts[i].increment();
        nanos.add(took);
    }

    /// How many have been counted.
    public long count() {
        return Arrays.stream(counts).mapToLong(LongAdder::sum).sum();
    }

    int bounds() {
        return bounds.length;
    }

    double bound(int i) {
        return bounds[i];
    }

    /// How many took up to a bound, and longer than the one before.
    long within(int i) {
        return counts[i].sum();
    }

    double seconds() {
        return nanos.sum() / NANOS;
    }
}
