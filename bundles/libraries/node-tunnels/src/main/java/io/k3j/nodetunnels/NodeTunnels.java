package io.k3j.nodetunnels;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.streaming.TunnelConnection;
import io.k3j.streaming.TunnelSession;
import io.k3j.streaming.TunnelTiming;
import io.k3j.streaming.UnreadBudget;
import io.k3j.streaming.WebSocket;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
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

/// The agents' tunnels to this server, by node. Any thread. An agent keeps one to every server, see K3s'
/// `pkg/agent/tunnel`. It may have a few here for a moment: those it has lost and the one it has come back with.
public final class NodeTunnels implements RequestHandler, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");

    /// More than an agent needs that comes back sooner than it is missed; the next one ends its oldest.
    private static final int MOST_OF_A_NODE = 3;

    private final RandomGenerator random;
    private final UnreadBudget unread;
    /// The newest first, never an empty queue; guarded by `this`.
    private final Map<String, Deque<TunnelSession>> sessions = new HashMap<>();
    private boolean closed;

    /// None yet; `random` makes the ids of messages, `heapBytes` is the most the heap may become: what nobody reads
    /// takes a part of it.
    public NodeTunnels(RandomGenerator random, long heapBytes) {
        this.random = random;
        this.unread = new UnreadBudget(heapBytes);
    }

    /// Makes the request a tunnel of the node that asks and blocks until it ends. The node is the one the asker has
    /// proved to be, not what the request says: so no agent takes another's place.
    /// @throws Refusal 400 when no WebSocket is asked for
    /// @throws IOException when the client has gone during the handshake
    @Override
    public void answer(Exchange exchange, Requester asker) throws IOException, Refusal {
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
            serve(node, TunnelSession.ofServer(socket, timing, unread, random));
        }
    }

    /// However it ends, the tunnel is taken out before the request ends: nobody finds a dead one.
    private void serve(String node, TunnelSession session) {
        if (!add(node, session)) {
            session.close();
            return;
        }
        surplus(node).ifPresent(oldest -> {
            LOG.log(Level.INFO, "Tunnel ended node=" + node + " why=it has " + MOST_OF_A_NODE + " newer ones");
            oldest.close();
        });
        LOG.log(Level.INFO, "Tunnel opened node=" + node);
        String why = "closed";
        try {
            session.serve();
        } catch (IOException broken) {
            why = String.valueOf(broken.getMessage());
        } finally {
            remove(node, session);
            LOG.log(Level.INFO, "Tunnel closed node=" + node + " why=" + why);
        }
    }

    /// @return false after [#close]: then it was not added
    private synchronized boolean add(String node, TunnelSession session) {
        if (!closed) {
            // the newest first: an agent that has come back may have left an old one that is not known to be dead
            sessions.computeIfAbsent(node, n -> new ArrayDeque<>()).addFirst(session);
            notifyAll();
        }
        return !closed;
    }

    private synchronized Optional<TunnelSession> surplus(String node) {
        Deque<TunnelSession> all = sessions.getOrDefault(node, new ArrayDeque<>());
        return all.size() > MOST_OF_A_NODE ? Optional.of(all.removeLast()) : Optional.empty();
    }

    private synchronized void remove(String node, TunnelSession session) {
        Deque<TunnelSession> all = sessions.get(node);
        if (all != null && all.remove(session) && all.isEmpty()) {
            sessions.remove(node);
        }
    }

    /// Whether the node has a tunnel here. One whose machine is off or cut away counts until its silence is noticed.
    public synchronized boolean open(String node) {
        return sessions.containsKey(node);
    }

    /// The node's newest tunnel; waits for one that may be on its way back. Wakes as soon as a tunnel comes, or this is
    /// closed.
    /// @param patience zero to take what is there
    /// @return empty when none has come in that time
    /// @throws IOException when the thread is interrupted
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

    /// A byte stream through a tunnel. Does not wait for the agent: that it refuses shows at the first read, see
    /// [TunnelSession#dial].
    /// @param address `host:port` as the agent is to dial it
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

    /// Ends them all; agents come back to the successor. May be called twice, by any thread; does not wait for the
    /// requests that serve them.
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
