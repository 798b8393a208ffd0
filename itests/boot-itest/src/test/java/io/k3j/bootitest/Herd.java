package io.k3j.bootitest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;

/// Stock nodes as their server feels them: a tunnel and three watches each, made again with K3s' and client-go's delays
/// whenever they break.
final class Herd implements AutoCloseable {
    /// Of each node.
    static final int WATCHES = 3;
    /// K3s waits as long before it opens a tunnel again.
    private static final long TUNNEL_MILLIS = 3_000;
    private static final long WATCH_MILLIS = 800;
    private static final long LONGEST_MILLIS = 30_000;

    private final int links;
    private final AtomicInteger up = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);

    /// Begins to connect.
    Herd(List<GoClient> nodes) {
        links = nodes.size() * (1 + WATCHES);
        for (int i = 0; i < nodes.size(); i++) {
            GoClient node = nodes.get(i);
            String name = "herd-" + i;
            Thread.ofVirtual().start(() -> again(() -> tunnel(node), TUNNEL_MILLIS, 1));
            for (String path : List.of("/api/v1/pods?fieldSelector=spec.nodeName%3D" + name + "&",
                    "/api/v1/services?", "/api/v1/nodes?fieldSelector=metadata.name%3D" + name + "&")) {
                Thread.ofVirtual().start(() -> again(
                        () -> watch(node, path + "allowWatchBookmarks=true&timeoutSeconds=600&watch=true"),
                        WATCH_MILLIS, 2));
            }
        }
    }

    /// Connections there should be.
    int links() {
        return links;
    }

    /// Connections there are.
    int up() {
        return up.get();
    }

    /// Answers that were neither good nor those of a server that is starting.
    int refused() {
        return refused.get();
    }

    /// One connection, from its begin to its end.
    private interface Link {
        /// @throws IOException when it did not come about
        void live() throws IOException;
    }

    private void again(Link link, long first, int factor) {
        try {
            long pause = first;
            do {
                try {
                    link.live();
                    pause = first;
                } catch (IOException refusedNow) {
                    pause = Math.min(pause * factor, LONGEST_MILLIS);
                }
            } while (!closed.await(factor == 1 ? pause : pause + ThreadLocalRandom.current().nextLong(pause),
                    TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void tunnel(GoClient node) throws IOException {
        try (StockTunnel tunnel = StockTunnel.open(node, "")) {
            up.incrementAndGet();
            try {
                tunnel.ended();
            } finally {
                up.decrementAndGet();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(GoClient node, String path) throws IOException {
        try (SSLSocket socket = node.connect()) {
            socket.getOutputStream().write(node.head("GET", path).append("Accept: application/json\r\n\r\n").toString()
                    .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            int status = GoClient.readHead(in).status();
            if (status != 200) {
                refused.addAndGet(status == 503 || status == 429 ? 0 : 1);
                throw new IOException("answered " + status);
            }
            socket.setSoTimeout(0);
            up.incrementAndGet();
            try {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (IOException cut) {
                // as good as an end
            } finally {
                up.decrementAndGet();
            }
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
