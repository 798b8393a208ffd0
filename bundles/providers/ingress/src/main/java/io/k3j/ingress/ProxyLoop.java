package io.k3j.ingress;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What belongs to one event loop: its connections to endpoints, and everything on it that can take too long. All on
/// the loop.
final class ProxyLoop {
    private final EventLoop loop;
    private final UpstreamPool upstreams;
    private final Http2Upstreams streams;
    private final FailingEndpoints failures = new FailingEndpoints();
    private final Set<Expiring> watched = new HashSet<>();

    ProxyLoop(EventLoop loop, UpstreamConnector connector) {
        this.loop = loop;
        this.upstreams = new UpstreamPool(loop, connector);
        this.streams = new Http2Upstreams(loop, connector);
        loop.scheduleAtFixedRate(() -> look(System.nanoTime()), 1, 1, TimeUnit.SECONDS);
    }

    EventLoop loop() {
        return loop;
    }

    UpstreamPool upstreams() {
        return upstreams;
    }

    Http2Upstreams streams() {
        return streams;
    }

    FailingEndpoints failures() {
        return failures;
    }

    /// Looks at it once a second until [#forget].
    void watch(Expiring some) {
        watched.add(some);
    }

    void forget(Expiring some) {
        watched.remove(some);
    }

    /// Ends what is too slow.
    ///
    /// @param now of [System#nanoTime]
    void look(long now) {
        new ArrayList<>(watched).forEach(w -> w.check(now));
        upstreams.check(now);
        streams.check(now);
        failures.check(now);
    }
}
