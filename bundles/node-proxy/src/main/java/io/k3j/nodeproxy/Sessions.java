package io.k3j.nodeproxy;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.MetricText;
import io.k3j.componentapi.Metrics;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.Map;

/// The sessions of exec, attach and port-forward of this server, by user: at most [#MOST_PER_USER] of one user and
/// [#MOST] in all, so that nobody takes all memory and descriptors. Any thread.
final class Sessions implements Metrics {
    static final int MOST = 2_000;
    static final int MOST_PER_USER = 200;
    private final Map<String, Integer> open = new HashMap<>();
    private int all;
    private long refused;

    /// A session; closing it makes room for another.
    interface Session extends AutoCloseable {
        @Override
        void close();
    }

    /// Begins one.
    /// @throws ApiFault 429 when there are too many
    synchronized Session begin(String user) {
        int own = open.getOrDefault(user, 0);
        if (own >= MOST_PER_USER || all >= MOST) {
            refused++;
            throw new ApiFault(429, "TooManyRequests", (own >= MOST_PER_USER
                    ? "user \"" + user + "\" has " + MOST_PER_USER : "this server serves " + MOST)
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
