package io.k3j.agent;

import java.util.Arrays;

/// How long connections to the servers took, as K3s' histogram `k3s_loadbalancer_dial_duration_seconds` has it. Any
/// thread; nothing blocks.
final class DialTimes {
    private static final String NAME = "k3s_loadbalancer_dial_duration_seconds";
    /// K3s' bounds: 1 ms and twice as much each time, 15 of them.
    private static final int BOUNDS = 15;
    private static final double FIRST_SECONDS = 0.001;
    private static final double NANOS = 1e9;
    private final Series success = new Series("success");
    private final Series error = new Series("error");

    /// One value of the label `status`; the last count is of those beyond all bounds.
    private static final class Series {
        private final String status;
        private final long[] counts = new long[BOUNDS + 1];
        private long nanos;

        Series(String status) {
            this.status = status;
        }

        private void add(long took) {
            int i = 0;
            while (i < BOUNDS && took / NANOS > bound(i)) {
                i++;
            }
            counts[i]++;
            nanos += took;
        }

        private void write(StringBuilder out, String balancer) {
            if (Arrays.stream(counts).sum() == 0) {
                return;
            }
            String labels = "{name=\"" + balancer + "\",status=\"" + status + '"';
            long sum = 0;
            for (int i = 0; i <= BOUNDS; i++) {
                sum += counts[i];
                out.append(NAME).append("_bucket").append(labels).append(",le=\"")
                        .append(i < BOUNDS ? Double.toString(bound(i)) : "+Inf").append("\"} ").append(sum)
                        .append('\n');
            }
            out.append(NAME).append("_sum").append(labels).append("} ").append(nanos / NANOS).append('\n');
            out.append(NAME).append("_count").append(labels).append("} ").append(sum).append('\n');
        }
    }

    private static double bound(int i) {
        return FIRST_SECONDS * (1 << i);
    }

    /// One search for a server: whether one took the connection, and after how many nanoseconds.
    synchronized void add(boolean connected, long nanos) {
        (connected ? success : error).add(nanos);
    }

    /// In Prometheus' text form; a status that has not occurred has no lines.
    synchronized String text(String balancer) {
        StringBuilder out = new StringBuilder(2_048);
        out.append("# HELP ").append(NAME).append(" Seconds until a server took a connection or none was left, "
                + "by load balancer and status.\n# TYPE ").append(NAME).append(" histogram\n");
        success.write(out, balancer);
        error.write(out, balancer);
        return out.toString();
    }
}
