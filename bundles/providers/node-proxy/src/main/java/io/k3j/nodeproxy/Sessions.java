package io.k3j.nodeproxy;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Metrics;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;

/// The open exec, attach and port-forward sessions of this server, by user: at most [#MAX_PER_USER] of one
/// user and [#MAX] in all, so that no user exhausts memory and descriptors. Thread-safe.
final class Sessions implements Metrics {
    static final int MAX = 2_000;
    static final int MAX_PER_USER = 200;
    private final Map<String, Integer> open = new HashMap<>();
    private int all;
    private long refused;

    /// A session; closing it frees its place.
    interface Session extends AutoCloseable {
        @Override
        void close();
    }

    /// Opens a session.
    /// @throws ApiFault 429 when there are too many
    synchronized Session begin(String user) {
        int own = open.getOrDefault(user, 0);
        if (own >= MAX_PER_USER || all >= MAX) {
            refused++;
            throw new ApiFault(429, "TooManyRequests", (own >= MAX_PER_USER
                    ? "user \"" + user + "\" has " + MAX_PER_USER : "this server serves " + MAX)
                    + " exec, attach and port-forward sessions at once; end some of them and try again",
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
        return new MetricText()
                .family("k3j_proxied_sessions", MetricText.Type.GAUGE, "Open exec, attach and port-forward sessions.")
                .value(all).family("k3j_proxied_sessions_refused_total", MetricText.Type.COUNTER,
                        "Sessions refused because there were too many.")
                .value(refused).toString();
    }
}
