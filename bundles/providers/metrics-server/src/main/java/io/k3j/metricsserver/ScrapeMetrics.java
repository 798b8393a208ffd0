package io.k3j.metricsserver;

import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What metrics-server counts of itself, by upstream's names; requests are not counted node by node, of which there may
/// be thousands. Any thread.
final class ScrapeMetrics implements Metrics {
    private final Histogram requests = new Histogram(Histogram.doubling(0.005, 12));
    private final Histogram rounds = new Histogram(Histogram.doubling(0.01, 12));
    private final LongAdder answered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile @Nullable Figures figures;

    /// Counts the points of these from now on.
    void of(Figures counted) {
        figures = counted;
    }

    /// A node was asked.
    void request(boolean success, long nanos) {
        (success ? answered : failed).increment();
        requests.add(nanos);
    }

    /// All nodes were asked.
    void round(long nanos) {
        rounds.add(nanos);
    }

    @Override
    public String text() {
        Figures f = figures;
        LongSupplier nodes = f == null ? () -> 0 : f::nodePoints;
        LongSupplier containers = f == null ? () -> 0 : f::containerPoints;
        return new MetricText()
                .family("metrics_server_kubelet_request_total", MetricText.Type.COUNTER, "Requests to kubelets.")
                .value(answered.sum(), "success", "true").value(failed.sum(), "success", "false")
                .family("metrics_server_kubelet_request_duration_seconds", MetricText.Type.HISTOGRAM,
                        "Duration of requests to kubelets.")
                .histogram(requests)
                .family("metrics_server_manager_tick_duration_seconds", MetricText.Type.HISTOGRAM,
                        "Duration of a round over all nodes.")
                .histogram(rounds)
                .family("metrics_server_storage_points", MetricText.Type.GAUGE, "Points stored.")
                .value(nodes.getAsLong(), "type", "node").value(containers.getAsLong(), "type", "container").toString();
    }
}
