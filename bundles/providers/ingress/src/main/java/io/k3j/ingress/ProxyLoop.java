package io.k3j.ingress;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// What belongs to one event loop: its connections to endpoints, and everything on it that can take too long. All on
/// the loop.
final class ProxyLoop {
    private final EventLoop loop;
    private final UpstreamPool upstreams;
    private final Http2Upstreams streams;
    private final FailingEndpoints failures = new FailingEndpoints();
    private final Set<Expiring> watched = new HashSet<>();
    private final LongSupplier clock;
    private long stamp;

    /// @param clock of nanoseconds, as [System#nanoTime]
    ProxyLoop(EventLoop loop, UpstreamConnector connector, LongSupplier clock) {
        this.loop = loop;
        this.clock = clock;
        this.upstreams = new UpstreamPool(loop, connector);
        this.streams = new Http2Upstreams(loop, connector);
        tick();
        loop.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
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

    /// About now, for what is looked at once a second anyway: never in the past while the loop keeps pace, so that
    /// nothing ends early. Never 0.
    long stamp() {
        return stamp;
    }

    /// Now, whatever the loop was busy with.
    long now() {
        return clock.getAsLong();
    }

    private void tick() {
        long now = now();
        long next = now + TimeUnit.SECONDS.toNanos(1);
        stamp = next == 0 ? 1 : next;
        look(now);
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
