package io.k3j.supervisor;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.streaming.TunnelConnection;
import io.k3j.streaming.TunnelSession;
import io.k3j.streaming.TunnelTiming;
import io.k3j.streaming.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The agents' tunnels to this server, by node.
final class Tunnels implements Answerer, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");

    private final RandomGenerator random;
    private final Map<String, Deque<TunnelSession>> sessions = new HashMap<>();
    private boolean closed;

    Tunnels(RandomGenerator random) {
        this.random = random;
    }

    /// Makes the request a tunnel and serves it until it ends.
    @Override
    public void answer(Exchange exchange, Asker asker) throws IOException, Refusal {
        boolean webSocket = exchange.header("upgrade").map(u -> u.equalsIgnoreCase("websocket")).orElse(false);
        String key = exchange.header("sec-websocket-key").orElse("");
        if (!webSocket || key.isEmpty()) {
            throw new Refusal(400, "this is the place for the agents' tunnel: upgrade to websocket");
        }
        String node = asker.node();
        try (ByteDuplex duplex = exchange.upgrade(Map.of("connection", "Upgrade", "upgrade", "websocket",
                "sec-websocket-accept", WebSocket.accept(key)))) {
            WebSocket socket = new WebSocket(duplex.input(), duplex.output());
            TunnelTiming timing = TunnelTiming.of(exchange.header(TunnelTiming.SILENCE_HEADER).orElse(""));
            serve(node, TunnelSession.ofServer(socket, timing, random));
        }
    }

    private void serve(String node, TunnelSession session) {
        if (!add(node, session)) {
            session.close();
            return;
        }
        LOG.log(Level.INFO, "Tunnel opened node=" + node);
        String why = "closed";
        try {
            session.serve();
        } catch (IOException broken) {
            why = String.valueOf(broken.getMessage());
        } finally {
            remove(node, session);
            LOG.log(Level.INFO, "Tunnel ended node=" + node + " why=" + why);
        }
    }

    private synchronized boolean add(String node, TunnelSession session) {
        if (!closed) {
            // the newest first: an agent that has come back may have left an old one that is not known to be dead
            sessions.computeIfAbsent(node, n -> new ArrayDeque<>()).addFirst(session);
            notifyAll();
        }
        return !closed;
    }

    private synchronized void remove(String node, TunnelSession session) {
        Deque<TunnelSession> all = sessions.get(node);
        if (all != null && all.remove(session) && all.isEmpty()) {
            sessions.remove(node);
        }
    }

    /// The node's newest tunnel; waits for one that may be on its way back.
    Optional<TunnelSession> of(String node, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        synchronized (this) {
            while (!closed && !sessions.containsKey(node)) {
                long millis = (deadline - System.nanoTime()) / 1_000_000;
                if (millis <= 0) {
                    return Optional.empty();
                }
                try {
                    wait(millis);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", stopped);
                }
            }
            Deque<TunnelSession> all = sessions.get(node);
            return all == null ? Optional.empty() : Optional.of(all.getFirst());
        }
    }

    /// A byte stream through a tunnel.
    static ByteDuplex dial(TunnelSession session, String address) throws IOException {
        TunnelConnection connection = session.dial("tcp", address);
        return new ByteDuplex() {
            @Override
            public InputStream input() {
                return connection.input();
            }

            @Override
            public OutputStream output() {
                return connection.output();
            }

            @Override
            public void close() {
                connection.close();
            }
        };
    }

    /// Ends them all; agents come back to the successor.
    @Override
    public void close() {
        List<TunnelSession> all;
        synchronized (this) {
            closed = true;
            // each takes itself out while it ends
            all = sessions.values().stream().flatMap(Deque::stream).toList();
            notifyAll();
        }
        all.forEach(TunnelSession::close);
    }
}
