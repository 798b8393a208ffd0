package io.k3j.ingress;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Endpoints that did not accept a connection a moment ago: others come first, so that a node that has vanished costs
/// few requests a time-out. On one event loop.
final class FailingEndpoints {
    private static final int MOST = 1_000;
    private final Map<InetSocketAddress, Long> since = new HashMap<>();

    /// The next endpoint that was not tried; one that is failing when there is no other.
    Optional<InetSocketAddress> next(Endpoints endpoints, Set<InetSocketAddress> tried) {
        if (since.isEmpty()) {
            return endpoints.next(tried);
        }
        Set<InetSocketAddress> avoided = new HashSet<>(tried);
        avoided.addAll(since.keySet());
        Optional<InetSocketAddress> good = endpoints.next(avoided);
        return good.isPresent() ? good : endpoints.next(tried);
    }

    /// One has not accepted a connection.
    void add(InetSocketAddress endpoint) {
        if (since.size() < MOST) {
            since.put(endpoint, System.nanoTime());
        }
    }

    /// Forgets those for which that was long ago.
    void check(long now) {
        since.values().removeIf(at -> now - at > TimeUnit.SECONDS.toNanos(IngressLimits.FAILING_SECONDS));
    }
}
