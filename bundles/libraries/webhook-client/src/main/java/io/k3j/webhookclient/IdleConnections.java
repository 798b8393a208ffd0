package io.k3j.webhookclient;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The connections to one server that wait for the next call. Any thread.
final class IdleConnections {
    /// Connections that wait.
    static final int MOST = 16;
    /// How long a connection waits; servers of Go close theirs after more.
    static final Duration KEPT = Duration.ofSeconds(60);
    private final Deque<WebhookConnection> idle = new ArrayDeque<>();
    private final LongSupplier nanos;
    private @Nullable SSLContext valid;
    private boolean closed;

    /// @param nanos a clock that only goes forward
    IdleConnections(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// Only connections that were secured by this count from now on: those made with a certificate or authorities that
    /// have been replaced are closed, as upstream.
    /// @param tls null: plain HTTP
    synchronized void only(@Nullable SSLContext tls) {
        if (valid != tls) {
            valid = tls;
            clear();
        }
    }

    /// The one used last; null: there is none. One whose server has said something unasked is closed.
    synchronized @Nullable WebhookConnection take() {
        for (WebhookConnection c = idle.pollLast(); c != null; c = idle.pollLast()) {
            if (nanos.getAsLong() - c.since() < KEPT.toNanos() && c.silent()) {
                return c;
            }
            c.close();
        }
        return null;
    }

    /// Keeps a connection for the next call, or closes it.
    void give(WebhookConnection connection) {
        WebhookConnection surplus = keep(new WebhookConnection(connection.channel(), connection.wire(),
                connection.tls(), nanos.getAsLong()));
        if (surplus != null) {
            surplus.close();
        }
    }

    private synchronized @Nullable WebhookConnection keep(WebhookConnection connection) {
        if (closed || connection.tls() != valid) {
            return connection;
        }
        idle.addLast(connection);
        return idle.size() > MOST ? idle.pollFirst() : null;
    }

    private void clear() {
        idle.forEach(WebhookConnection::close);
        idle.clear();
    }

    /// Closes what waits; calls under way end by themselves.
    synchronized void close() {
        closed = true;
        clear();
    }
}
