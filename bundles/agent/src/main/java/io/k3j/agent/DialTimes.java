package io.k3j.agent;

import io.k3j.componentapi.MetricText;
import java.util.Arrays;
import java.util.stream.IntStream;

/// How long connections to the servers took, as K3s' histogram `k3s_loadbalancer_dial_duration_seconds` has it. Any
/// thread; nothing blocks.
final class DialTimes {
    private static final String NAME = "k3s_loadbalancer_dial_duration_seconds";
    /// K3s' bounds: 1 ms and twice as much each time, 15 of them.
    private static final double[] BOUNDS = IntStream.range(0, 15).mapToDouble(i -> 0.001 * (1 << i)).toArray();
    private static final double NANOS = 1e9;
    private final Series success = new Series("success");
    private final Series error = new Series("error");

    /// One value of the label `status`; the last count is of those beyond all bounds.
    private static final class Series {
        private final String status;
        private final long[] counts = new long[BOUNDS.length + 1];
        private long nanos;

        Series(String status) {
            this.status = status;
        }

        private void add(long took) {
            int i = 0;
            while (i < BOUNDS.length && took / NANOS > BOUNDS[i]) {
                i++;
            }
            counts[i]++;
            nanos += took;
        }

        private void write(MetricText text, String balancer) {
            if (Arrays.stream(counts).sum() > 0) {
                text.histogram(BOUNDS, counts, nanos / NANOS, "name", balancer, "status", status);
            }
        }
    }

    /// One search for a server: whether one took the connection, and after how many nanoseconds.
    synchronized void add(boolean connected, long nanos) {
        (connected ? success : error).add(nanos);
    }

    /// In Prometheus' text form; a status that has not occurred has no lines.
    synchronized String text(String balancer) {
        MetricText text = new MetricText().family(NAME, MetricText.Type.HISTOGRAM,
                "Seconds until a server took a connection or none was left, by load balancer and status.");
        success.write(text, balancer);
        error.write(text, balancer);
        return text.toString();
    }
}
