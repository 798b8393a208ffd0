package io.k3j.metricstext;

/// How long a ratio was within bounds, as if it were observed at the end of every nanosecond: upstream's timing
/// histograms (<https://kubernetes.io/docs/reference/instrumentation/metrics/>). Counts are nanoseconds, the sum is the
/// integral of the ratio over time. For one thread at a time: who has it guards it. Nothing blocks, and nothing but
/// [#copy] allocates.
public final class TimingHistogram {
    private final double[] bounds;
    /// The last one is beyond all bounds.
    private final long[] within;
    private double numerator;
    private double denominator = 1;
    private double ratio;
    /// Where the ratio belongs.
    private int place;
    private long last;
    /// In whole nanoseconds, since what is added is small beside what there is after months.
    private long sum;
    private double rest;

    /// Begins with the ratio 0.
    /// @param nanos what a monotonic clock shows now
    /// @param bounds ascending; not copied, so that histograms of one kind share them
    public TimingHistogram(long nanos, double... bounds) {
        this.bounds = bounds;
        this.within = new long[bounds.length + 1];
        this.last = nanos;
        change();
    }

    private TimingHistogram(TimingHistogram other) {
        bounds = other.bounds;
        within = other.within.clone();
        numerator = other.numerator;
        denominator = other.denominator;
        ratio = other.ratio;
        place = other.place;
        last = other.last;
        sum = other.sum;
        rest = other.rest;
    }

    /// The numerator from now on.
    /// @param nanos what the clock shows now
    public void set(long nanos, double value) {
        count(nanos);
        if (value != numerator) {
            numerator = value;
            change();
        }
    }

    /// What the numerator is divided by from now on.
    /// @param nanos what the clock shows now
    /// @param value above 0
    public void denominator(long nanos, double value) {
        count(nanos);
        denominator = value;
        change();
    }

    private void change() {
        ratio = numerator / denominator;
        int i = 0;
        while (i < bounds.length && ratio > bounds[i]) {
            i++;
        }
        place = i;
    }

    private void count(long nanos) {
        long lasted = nanos - last;
        if (lasted > 0) {
            within[place] += lasted;
            double more = rest + ratio * lasted;
            long whole = (long) more;
            sum += whole;
            rest = more - whole;
            last = nanos;
        }
    }

    /// What was counted until now, for somebody who reads it while this one goes on.
    /// @param nanos what the clock shows now
    public TimingHistogram copy(long nanos) {
        count(nanos);
        return new TimingHistogram(this);
    }

    double[] bounds() {
        return bounds;
    }

    /// How many nanoseconds were within a bound, and beyond the one before.
    long within(int i) {
        return within[i];
    }

    double sum() {
        return sum + rest;
    }
}
