package io.k3j.helmcontroller;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// How often Helm was run, how long it took, and how it went. Any thread.
final class HelmMetrics {
    private static final double[] BOUNDS = Histogram.doubling(0.25, 12);

    private record Sort(String operation, String result) implements Comparable<Sort> {
        @Override
        public int compareTo(Sort other) {
            return (operation + result).compareTo(other.operation + other.result);
        }
    }

    private final Map<Sort, Histogram> all = new ConcurrentSkipListMap<>();

    /// Counts one.
    ///
    /// @param operation `install`, `upgrade` or `uninstall`
    /// @param nanos how long it took
    void count(String operation, boolean ok, long nanos) {
        all.computeIfAbsent(new Sort(operation, ok ? "ok" : "failed"), sort -> new Histogram(BOUNDS)).add(nanos);
    }

    /// Prometheus' text form; nothing before the first run.
    String text() {
        if (all.isEmpty()) {
            return "";
        }
        MetricText text = new MetricText().family("k3j_helm_operation_duration_seconds", MetricText.Type.HISTOGRAM,
                "How long runs of Helm took.");
        all.forEach((sort, times) -> text.histogram(times, "operation", sort.operation(), "result", sort.result()));
        return text.toString();
    }
}
