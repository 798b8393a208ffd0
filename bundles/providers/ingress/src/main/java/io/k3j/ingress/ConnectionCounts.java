package io.k3j.ingress;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// How many connections are open, in all and of each client. Any thread.
final class ConnectionCounts {
    private final int most;
    private final int mostOfOne;
    private final AtomicInteger all = new AtomicInteger();
    private final Map<InetAddress, Integer> clients = new ConcurrentHashMap<>();

    ConnectionCounts(int most, int mostOfOne) {
        this.most = most;
        this.mostOfOne = mostOfOne;
    }

    /// Counts one more, unless there are enough.
    boolean take(InetAddress client) {
        if (all.incrementAndGet() > most) {
            all.decrementAndGet();
            return false;
        }
        if (clients.merge(client, 1, Integer::sum) > mostOfOne) {
            give(client);
            return false;
        }
        return true;
    }

    /// One has ended.
    void give(InetAddress client) {
        all.decrementAndGet();
        clients.computeIfPresent(client, (c, n) -> n > 1 ? n - 1 : null);
    }
}
