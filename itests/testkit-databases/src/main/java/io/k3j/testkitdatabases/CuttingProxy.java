package io.k3j.testkitdatabases;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A TCP proxy that can lose an answer: once a request with a certain text has passed, the n-th answer after it is
/// swallowed, and with it the connection. Or the request itself is. It can lead elsewhere, as an address does that
/// moves, and make every answer late.
public final class CuttingProxy implements AutoCloseable {
    /// Marks what is only ever written.
    public static final String WRITING = "value of ";
    private static final int BUFFER = 1 << 16;
    private volatile int target;
    private volatile Duration delay = Duration.ZERO;
    private final ServerSocket listener;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile @Nullable Trap trap;
    private volatile @Nullable String freezing;
    private final CountDownLatch frozen = new CountDownLatch(1);
    private final CountDownLatch thawed = new CountDownLatch(1);

    /// Leads to a port of this machine.
    public CuttingProxy(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /// Where it listens, on this machine.
    public int port() {
        return listener.getLocalPort();
    }

    /// How many requests have come by way of the connections one of whose requests contained [#WRITING].
    public int requests() {
        return links.stream().filter(link -> link.writing).mapToInt(link -> link.requests).sum();
    }

    /// Leads new connections to another port of this machine.
    public void lead(int port) {
        target = port;
    }

    /// Cuts every connection.
    public void cut() {
        thawed.countDown();
        for (Socket socket : sockets) {
            close(socket);
        }
    }

    /// Lets every answer wait, from now on.
    public void slow(Duration by) {
        delay = by;
    }

    /// How many connections were cut.
    public int cuts() {
        return cuts.get();
    }

    /// Swallows the `answer`-th answer (1 is the first, 0 the request itself) after a request that contains `text`,
    /// runs `before`, then cuts.
    public void trap(String text, int answer, Runnable before) {
        trap = new Trap(text, answer, before);
    }

    /// Stops the next connection on which a request contains `text`, before that request: nothing passes any more, and
    /// the server does not hear of the client's end either, as of that of a machine that stands still. Once; until
    /// everything is cut.
    public void freeze(String text) {
        freezing = text;
    }

    /// Whether [#freeze] has stopped a connection.
    public boolean frozen() {
        return frozen.getCount() == 0;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                sockets.add(client);
                Socket server = connect(client);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(server);
                Link link = new Link(client, server);
                links.add(link);
                link.start();
            } catch (IOException e) {
                if (listener.isClosed()) {
                    return;
                }
            }
        }
    }

    private Socket connect(Socket client) throws IOException {
        try {
            return new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Takes no more connections, and cuts those there are.
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private record Trap(String text, int answer, Runnable before) {
    }

    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile @Nullable Trap sprung;
        private int answers;
        private volatile int requests;
        private volatile boolean writing;
        private volatile boolean still;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void start() {
            Thread.ofVirtual().start(() -> pump(client, server, true));
            Thread.ofVirtual().start(() -> pump(server, client, false));
        }

        private void pump(Socket from, Socket to, boolean request) {
            byte[] buffer = new byte[BUFFER];
            try (from; to; LongLine line = new LongLine(to.getOutputStream())) {
                InputStream in = from.getInputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    standStill(request, buffer, n);
                    if (request ? look(buffer, n) : swallow()) {
                        return;
                    }
                    line.send(buffer, n, request ? 0 : delay.toNanos());
                }
            } catch (IOException e) {
                sockets.remove(from);
            }
        }

        /// Either direction: an answer that comes later does not pass either.
        private void standStill(boolean request, byte[] buffer, int n) throws IOException {
            String text = freezing;
            if (request && text != null && new String(buffer, 0, n, StandardCharsets.ISO_8859_1).contains(text)) {
                freezing = null;
                still = true;
                frozen.countDown();
            }
            if (still) {
                try {
                    thawed.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException(e);
                }
            }
        }

        private boolean look(byte[] buffer, int n) {
            String text = new String(buffer, 0, n, StandardCharsets.ISO_8859_1);
            requests = requests + 1;
            writing |= text.contains(WRITING);
            Trap set = trap;
            if (set != null && text.contains(set.text)) {
                trap = null;
                sprung = set;
                return set.answer == 0 && swallow();
            }
            return false;
        }

        private boolean swallow() {
            Trap set = sprung;
            if (set == null || set.answer > 0 && ++answers < set.answer) {
                return false;
            }
            set.before.run();
            cuts.incrementAndGet();
            return true;
        }
    }
}
