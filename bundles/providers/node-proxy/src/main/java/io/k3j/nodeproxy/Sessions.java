package io.k3j.nodeproxy;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;

/// The open connections of this server to nodes, pods and services of one sort, by user: so many of one user and so
/// many in all, so that no user exhausts memory and descriptors. Thread-safe.
final class Sessions implements Metrics {
    /// What a proxied request may come to in memory, in bytes: its thread, TLS, its buffers.
    static final int BYTES = 128 << 10;
    /// The part of the heap that proxied requests and logs may take, as a divisor.
    private static final int HEAP_PART = 8;
    /// The part of them that one user may have, as a divisor.
    private static final int USER_PART = 4;
    private static final int STREAMS = 2_000;
    private static final int STREAMS_PER_USER = 200;
    private final String what;
    private final String family;
    private final int most;
    private final int mostPerUser;
    private final Map<String, Integer> open = new HashMap<>();
    private int all;
    private long refused;

    private Sessions(String what, String family, int most, int mostPerUser) {
        this.what = what;
        this.family = family;
        this.most = most;
        this.mostPerUser = mostPerUser;
    }

    /// Exec, attach and port-forward.
    static Sessions ofStreams() {
        return new Sessions("exec, attach and port-forward sessions", "k3j_proxied_sessions", STREAMS,
                STREAMS_PER_USER);
    }

    /// Proxied requests and logs, which have no end of their own either: a dashboard or a collector follows many.
    /// @param heapBytes the most the heap may become
    static Sessions ofRequests(long heapBytes) {
        int most = Math.clamp(heapBytes / HEAP_PART / BYTES, USER_PART, Integer.MAX_VALUE);
        return new Sessions("proxied requests and logs", "k3j_proxied_requests", most, most / USER_PART);
    }

    /// How many one user may have.
    int mostPerUser() {
        return mostPerUser;
    }

    /// A session; closing it frees its place.
    interface Session extends AutoCloseable {
        @Override
        void close();
    }

    /// Opens a session.
    /// @throws ApiFault 429 when there are too many
    synchronized Session begin(String user) {
        int own = open.getOrDefault(user, 0);
        if (own >= mostPerUser || all >= most) {
            refused++;
            throw new ApiFault(429, "TooManyRequests", (own >= mostPerUser
                    ? "user \"" + user + "\" has " + mostPerUser : "this server serves " + most)
                    + " " + what + " at once; end some of them and try again",
                    Struct.of("retryAfterSeconds", 1));
        }
        open.put(user, own + 1);
        all++;
        return () -> end(user);
    }

    private synchronized void end(String user) {
        all--;
        open.computeIfPresent(user, (u, n) -> n > 1 ? n - 1 : null);
    }

    @Override
    public synchronized String text() {
        return new MetricText().family(family, MetricText.Type.GAUGE, "Open " + what + ".").value(all)
                .family(family + "_refused_total", MetricText.Type.COUNTER,
                        "Refused " + what + ", because there were too many.")
                .value(refused).toString();
    }
}
