package io.k3j.metricstext;

import java.util.ArrayList;
import java.util.List;

/// A histogram as another program shows it in Prometheus' text form
/// (<https://prometheus.io/docs/instrumenting/exposition_formats/>). Immutable.
///
/// @param bounds of the buckets in seconds, growing, the last one infinite; empty when there is none of that name
/// @param counts up to each bound, so each includes the one before
public record ScrapedHistogram(List<Double> bounds, List<Long> counts) {
    /// The one of that name without labels of its own; nothing in it when there is none.
    ///
    /// @param text a body of `/metrics`
    /// @throws NumberFormatException when it is damaged
    public static ScrapedHistogram of(String name, String text) {
        String start = name + "_bucket{le=\"";
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        text.lines().filter(line -> line.startsWith(start)).forEach(line -> {
            int end = line.indexOf('"', start.length());
            String bound = line.substring(start.length(), Math.max(start.length(), end));
            bounds.add(bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound));
            counts.add((long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)));
        });
        return new ScrapedHistogram(List.copyOf(bounds), List.copyOf(counts));
    }

    /// How many there are.
    public long total() {
        return counts.isEmpty() ? 0 : counts.getLast();
    }

    /// What came after `before`; all of it when `before` has other bounds.
    public ScrapedHistogram since(ScrapedHistogram before) {
        if (!bounds.equals(before.bounds)) {
            return this;
        }
        List<Long> more = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            more.add(counts.get(i) - before.counts.get(i));
        }
        return new ScrapedHistogram(bounds, more);
    }

    /// The seconds that this share of all stayed below, taking a bucket's content as evenly spread; the last finite
    /// bound when it is beyond. 0 when there is nothing.
    public double quantile(double share) {
        double rank = share * total();
        double lower = 0;
        long below = 0;
        for (int i = 0; i < bounds.size(); i++) {
            long here = counts.get(i);
            if (here >= rank && here > below) {
                double width = Double.isInfinite(bounds.get(i)) ? 0 : bounds.get(i) - lower;
                return lower + width * (rank - below) / (here - below);
            }
            lower = bounds.get(i);
            below = here;
        }
        return 0;
    }
}
