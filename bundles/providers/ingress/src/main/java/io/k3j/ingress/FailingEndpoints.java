package io.k3j.ingress;

import io.k3j.ingressresources.Endpoints;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Endpoints that did not accept a connection a moment ago: others come first, so that a node that has vanished costs
/// few requests a time-out. On one event loop.
final class FailingEndpoints {
    private static final int MOST = 1_000;
    private final Map<InetSocketAddress, Long> since = new HashMap<>();

    /// The next endpoint that was not tried; one that fails when there is no other, null when there is none.
    @Nullable
    InetSocketAddress next(Endpoints endpoints, Set<InetSocketAddress> tried) {
        if (since.isEmpty()) {
            return endpoints.next(tried);
        }
        Set<InetSocketAddress> avoided = new HashSet<>(tried);
        avoided.addAll(since.keySet());
        InetSocketAddress good = endpoints.next(avoided);
        return good == null ? endpoints.next(tried) : good;
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
