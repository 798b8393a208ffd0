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
    private static final System.Logger LOG = System.getLogger("io.k3j.ingress");
    private static final long WARNING_SECONDS = 60;
    private final EventLoop loop;
    private final UpstreamPool upstreams;
    private final Http2Upstreams streams;
    private final FailingEndpoints failures = new FailingEndpoints();
    private final Set<Expiring> watched = new HashSet<>();
    private final LongSupplier clock;
    private long stamp;
    /// When that was last told; 0 for never.
    private long warned;

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
        new ArrayList<>(watched).forEach(w -> check(w, now));
        check(upstreams::check, now);
        check(streams::check, now);
        check(failures::check, now);
    }

    /// One that fails must not stop the clock of all others.
    private void check(Expiring some, long now) {
        try {
            some.check(now);
        } catch (RuntimeException broken) {
            if (warned == 0 || now - warned > TimeUnit.SECONDS.toNanos(WARNING_SECONDS)) {
                warned = now;
                LOG.log(System.Logger.Level.WARNING, "Cannot end what takes too long", broken);
            }
        }
    }
}
