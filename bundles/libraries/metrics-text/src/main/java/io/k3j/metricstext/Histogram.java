package io.k3j.metricstext;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// Counts how long something took, or how large it was, by bounds, as Prometheus' client libraries do
/// (<https://prometheus.io/docs/concepts/metric_types/#histogram>). Any thread; nothing blocks.
public final class Histogram {
    private static final double NANOS = 1e9;
    private final double[] bounds;
    /// Of what is added, in one of what is shown.
    private final double unit;
    /// The last one counts what is beyond all bounds.
    private final LongAdder[] counts;
    private final LongAdder sum = new LongAdder();

    /// Has counted nothing.
    /// @param bounds in seconds, ascending; not copied, so that histograms of one kind share them
    public Histogram(double... bounds) {
        this(bounds, NANOS);
    }

    private Histogram(double[] bounds, double unit) {
        this.bounds = bounds;
        this.unit = unit;
        counts = new LongAdder[bounds.length + 1];
        Arrays.setAll(counts, i -> new LongAdder());
    }

    /// Counts sizes; has counted nothing.
    /// @param bounds in bytes, ascending; not copied
    public static Histogram ofBytes(double... bounds) {
        return new Histogram(bounds, 1);
    }

    /// Counts whole numbers of what is shown, as seats, or seconds of which nanoseconds would soon be more than a
    /// number can hold; has counted nothing.
    /// @param bounds ascending; not copied
    public static Histogram ofWhole(double... bounds) {
        return new Histogram(bounds, 1);
    }

    /// Bounds of which each is twice the one before, as `prometheus.ExponentialBuckets` makes them.
    /// @param first in what is shown
    public static double[] doubling(double first, int number) {
        return IntStream.range(0, number).mapToDouble(i -> first * (1L << i)).toArray();
    }

    /// Bounds of which each is the one before times a factor, multiplied one after the other as Go does.
    /// @param first in what is shown
    public static double[] exponential(double first, double factor, int number) {
        return DoubleStream.iterate(first, bound -> bound * factor).limit(number).toArray();
    }

    /// Counts one.
    /// @param took in nanoseconds, or bytes, or what else is counted
    public void add(long took) {
        double shown = took / unit;
        int i = 0;
        while (i < bounds.length && shown > bounds[i]) {
            i++;
        }
        counts[i].increment();
        sum.add(took);
    }

    /// How many have been counted.
    public long count() {
        return Arrays.stream(counts).mapToLong(LongAdder::sum).sum();
    }

    double[] bounds() {
        return bounds;
    }

    /// How many were within a bound, and beyond the one before.
    long within(int i) {
        return counts[i].sum();
    }

    double sum() {
        return sum.sum() / unit;
    }
}
