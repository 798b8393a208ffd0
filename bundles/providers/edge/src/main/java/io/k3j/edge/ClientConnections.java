package io.k3j.edge;

import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/// The open connections of one port, with limits per port, per address and per name of client certificates. For any
/// thread.
///
/// By the name and not by the key: a node is given as many keys as it asks for. A name that all nodes have, as
/// `system:kube-proxy`, counts for each address by itself, so that none takes the others' part.
final class ClientConnections {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private static final String NODE = "system:node:";
    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final int limit;
    private final int limitOfName;
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> anonymous = new ConcurrentHashMap<>();
    private final Map<Holder, Integer> named = new ConcurrentHashMap<>();
    private final Handshakes handshakes = new Handshakes(Limits.HANDSHAKES,
            Limits.HANDSHAKES / Limits.HANDSHAKES_PART);
    private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_INTERVAL_NANOS);

    /// Whose connections are counted together.
    ///
    /// @param address null: wherever they come from
    private record Holder(X500Principal name, @Nullable InetAddress address) {
        static Holder of(ClientConnection client) {
            X500Principal name = client.certificates().getFirst().getSubjectX500Principal();
            boolean ofOneNode = name.getName().contains("CN=" + NODE);
            return new Holder(name, ofOneNode ? null : client.remote().getAddress());
        }
    }

    /// @param limit the number of connections that may be open
    /// @param limitOfName how many of them under one name
    ClientConnections(int limit, int limitOfName) {
        this.limit = limit;
        this.limitOfName = limitOfName;
    }

    /// Whether another connection from this address may start its handshake, perhaps in the place of one whose client
    /// has said nothing.
    boolean hasCapacity(InetAddress address) {
        return open.size() < limit
                && anonymous.getOrDefault(address, 0) < Limits.ANONYMOUS_CONNECTIONS_PER_ADDRESS
                && handshakes.hasRoom(address);
    }

    /// Registers a connection that starts its handshake.
    void handshakeStarted(ClientConnection client) {
        open.add(client);
        handshakes.begun(client);
        anonymous.merge(client.remote().getAddress(), 1, Integer::sum);
    }

    /// Records the end of a handshake, successful or not.
    ///
    /// @return whether the connection may stay; false where its certificate's name has its part of the port already
    boolean handshakeDone(ClientConnection client) {
        handshakes.ended(client);
        if (client.certificates().isEmpty() || !open.contains(client)) {
            return true;
        }
        uncountAnonymous(client);
        Holder holder = Holder.of(client);
        if (named.merge(holder, 1, Integer::sum) <= limitOfName) {
            return true;
        }
        long last = lastLogged.get();
        long now = System.nanoTime();
        if (now - last >= LOG_INTERVAL_NANOS && lastLogged.compareAndSet(last, now)) {
            LOG.log(Level.WARNING, "Closing new connections of client={0}: it has {1} of {2}", holder.name(),
                    Integer.toString(limitOfName), Integer.toString(limit));
        }
        return false;
    }

    /// Removes a closed connection.
    void end(ClientConnection client) {
        if (!open.remove(client)) {
            return;
        }
        if (client.certificates().isEmpty()) {
            uncountAnonymous(client);
        } else {
            named.computeIfPresent(Holder.of(client), (holder, count) -> count == 1 ? null : count - 1);
        }
    }

    private void uncountAnonymous(ClientConnection client) {
        anonymous.computeIfPresent(client.remote().getAddress(), (address, count) -> count == 1 ? null : count - 1);
    }

    /// All open connections; a live view.
    Collection<ClientConnection> open() {
        return open;
    }

    /// Closes connections whose deadline has passed; called every second.
    void check() {
        long now = System.nanoTime();
        for (ClientConnection client : open) {
            client.check(now);
        }
    }
}
