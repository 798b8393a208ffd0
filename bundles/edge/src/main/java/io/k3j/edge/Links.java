package io.k3j.edge;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// The open connections of one port, and how many each address may have.
final class Links {
    private final int most;
    private final Set<Link> open = ConcurrentHashMap.newKeySet();
    private final Map<InetAddress, Integer> anonymous = new ConcurrentHashMap<>();
    private final AtomicInteger handshakes = new AtomicInteger();

    /// @param most how many may be open
    Links(int most) {
        this.most = most;
    }

    /// Whether another connection from this address may begin its handshake.
    boolean admits(InetAddress address) {
        return open.size() < most && handshakes.get() < Limits.HANDSHAKES
                && anonymous.getOrDefault(address, 0) < Limits.ANONYMOUS_CONNECTIONS_PER_ADDRESS;
    }

    /// A connection begins its handshake.
    void begin(Link link) {
        open.add(link);
        handshakes.incrementAndGet();
        anonymous.merge(link.remote().getAddress(), 1, Integer::sum);
    }

    /// Its handshake is over, one way or the other.
    void shook(Link link) {
        handshakes.decrementAndGet();
        if (!link.certificates().isEmpty()) {
            forgetAnonymous(link);
        }
    }

    /// It has closed.
    void end(Link link) {
        if (open.remove(link) && link.certificates().isEmpty()) {
            forgetAnonymous(link);
        }
    }

    private void forgetAnonymous(Link link) {
        anonymous.computeIfPresent(link.remote().getAddress(), (address, count) -> count == 1 ? null : count - 1);
    }

    /// All of them; a live view.
    Collection<Link> open() {
        return open;
    }

    /// Closes those whose time is up; called once a second.
    void check() {
        long now = System.nanoTime();
        for (Link link : open) {
            link.check(now);
        }
    }
}
