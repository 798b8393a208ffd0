package io.k3j.clusterdns;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.dnsplugins.ClientShares;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The TCP connections of clients: each must send a whole query and read its response within [#PATIENCE], and is
/// closed after [#LIFE], so that idle clients do not hold seats. For any thread.
final class TcpConnections implements AutoCloseable {
    static final int MOST = 512;
    static final int MOST_PER_CLIENT = 32;
    static final Duration PATIENCE = Duration.ofSeconds(10);
    static final Duration LIFE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(500);
    private final ClientShares seats = new ClientShares(MOST, MOST_PER_CLIENT);
    private final Map<Socket, Times> open = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final InstantSource clock;
    private final SupervisedLoop watcher;

    private record Times(Instant begun, Instant asked) {
        boolean over(Instant now) {
            return asked.plus(PATIENCE).isBefore(now) || begun.plus(LIFE).isBefore(now);
        }
    }

    /// @param clock a monotonic clock
    /// @param health where the thread reports, under `name`
    TcpConnections(InstantSource clock, Health health, String name) {
        this.clock = clock;
        watcher = SupervisedLoop.virtual(health, name, this::watch).start();
    }

    /// Adds a connection; false when there is no seat for its client or this is closed.
    boolean begin(Socket socket) {
        if (!seats.take(socket.getInetAddress())) {
            return false;
        }
        Instant now = clock.instant();
        open.put(socket, new Times(now, now));
        // either this thread sees the close, or the watcher sees the connection at its end
        if (closed.getCount() == 0) {
            end(socket);
            return false;
        }
        return true;
    }

    /// Restarts the timeout after a response.
    void answered(Socket socket) {
        open.computeIfPresent(socket, (s, t) -> new Times(t.begun(), clock.instant()));
    }

    /// Removes a closed connection.
    void end(Socket socket) {
        if (open.remove(socket) != null) {
            seats.release(socket.getInetAddress());
        }
    }

    private void watch() throws InterruptedException {
        while (!closed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            for (Map.Entry<Socket, Times> e : open.entrySet()) {
                if (e.getValue().over(clock.instant())) {
                    close(e.getKey());
                }
            }
        }
        endAll();
    }

    private void endAll() {
        open.keySet().forEach(TcpConnections::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            System.getLogger("io.k3j.clusterdns").log(System.Logger.Level.DEBUG, "tcp client: {0}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed.countDown();
        watcher.close();
        endAll();
    }
}
