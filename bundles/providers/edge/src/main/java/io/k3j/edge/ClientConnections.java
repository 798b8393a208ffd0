package io.k3j.edge;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The open connections of one port, with limits per port and per address. For any thread.
final class ClientConnections {
    private final int limit;
    private final Set<ClientConnection> open = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> anonymous = new ConcurrentHashMap<>();
    private final AtomicInteger handshakes = new AtomicInteger();

    /// @param limit the number of connections that may be open
    ClientConnections(int limit) {
        this.limit = limit;
    }

    /// Whether another connection from this address may start its handshake.
    boolean hasCapacity(InetAddress address) {
        return open.size() < limit && handshakes.get() < Limits.HANDSHAKES
                && anonymous.getOrDefault(address, 0) < Limits.ANONYMOUS_CONNECTIONS_PER_ADDRESS;
    }

    /// Registers a connection that starts its handshake.
    void handshakeStarted(ClientConnection client) {
        open.add(client);
        handshakes.incrementAndGet();
        anonymous.merge(client.remote().getAddress(), 1, Integer::sum);
    }

    /// Records the end of a handshake, successful or not.
    void handshakeDone(ClientConnection client) {
        handshakes.decrementAndGet();
        if (!client.certificates().isEmpty()) {
            uncountAnonymous(client);
        }
    }

    /// Removes a closed connection.
    void end(ClientConnection client) {
        if (open.remove(client) && client.certificates().isEmpty()) {
            uncountAnonymous(client);
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
