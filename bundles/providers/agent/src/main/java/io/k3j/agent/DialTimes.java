package io.k3j.agent;

import io.k3j.metricstext.Histogram;
import io.k3j.metricstext.MetricText;

/// How long connections to the servers took: K3s' histogram `k3s_loadbalancer_dial_duration_seconds`.
/// Thread-safe, never blocks.
final class DialTimes {
    private static final String NAME = "k3s_loadbalancer_dial_duration_seconds";
    /// K3s' bounds: 1 ms, doubled each time.
    private static final double[] BOUNDS = Histogram.doubling(0.001, 15);
    private final Histogram success = new Histogram(BOUNDS);
    private final Histogram error = new Histogram(BOUNDS);

    /// Records one attempt to reach any server: whether a server accepted, and its duration in nanoseconds.
    void add(boolean connected, long nanos) {
        (connected ? success : error).add(nanos);
    }

    /// The histogram in Prometheus' text format; a status that has not occurred has no lines.
    String text(String balancer) {
        MetricText text = new MetricText().family(NAME, MetricText.Type.HISTOGRAM,
                "Seconds until a server took a connection or none was left, by load balancer and status.");
        write(text, success, balancer, "success");
        write(text, error, balancer, "error");
        return text.toString();
    }

    private static void write(MetricText text, Histogram times, String balancer, String status) {
        if (times.count() > 0) {
            text.histogram(times, "name", balancer, "status", status);
        }
    }
}
