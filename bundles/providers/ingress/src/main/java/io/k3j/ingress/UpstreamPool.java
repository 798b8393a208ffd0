package io.k3j.ingress;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to endpoints: those that are idle are used again, the last one first. On the loop.
final class UpstreamPool {
    private final EventLoop loop;
    private final UpstreamConnector connector;
    private final Map<UpstreamKey, ArrayDeque<UpstreamSide>> idle = new HashMap<>();

    UpstreamPool(EventLoop loop, UpstreamConnector connector) {
        this.loop = loop;
        this.connector = connector;
    }

    /// An idle connection, null when there is none.
    @Nullable
    UpstreamSide take(UpstreamKey endpoint) {
        ArrayDeque<UpstreamSide> some = idle.get(endpoint);
        UpstreamSide last = some == null ? null : some.pollLast();
        return last == null || last.channel().isActive() ? last : take(endpoint);
    }

    /// Makes a connection.
    ///
    /// @param made hears of it
    /// @param failed hears why there is none
    void connect(UpstreamKey endpoint, Consumer<UpstreamSide> made, Consumer<Throwable> failed) {
        connector.connect(loop, endpoint, this).addListener((Future<Channel> done) -> {
            if (done.isSuccess()) {
                made.accept(done.getNow().pipeline().get(UpstreamSide.class));
            } else {
                failed.accept(done.cause());
            }
        });
    }

    /// Keeps one that is idle, or closes it when there are enough.
    void keep(UpstreamSide upstream) {
        ArrayDeque<UpstreamSide> some = idle.computeIfAbsent(upstream.key(), a -> new ArrayDeque<>());
        if (some.size() < IngressLimits.IDLE_UPSTREAMS) {
            some.addLast(upstream);
        } else {
            upstream.channel().close();
        }
    }

    /// Forgets one that is closed.
    void drop(UpstreamSide upstream) {
        ArrayDeque<UpstreamSide> some = idle.get(upstream.key());
        if (some != null) {
            some.remove(upstream);
            if (some.isEmpty()) {
                idle.remove(upstream.key());
            }
        }
    }

    /// Closes those that were idle for too long.
    void check(long now) {
        List<UpstreamSide> old = new ArrayList<>();
        idle.values().forEach(some -> some.stream()
                .filter(u -> now - u.idleSince() > TimeUnit.SECONDS.toNanos(IngressLimits.IDLE_UPSTREAM_SECONDS))
                .forEach(old::add));
        old.forEach(u -> u.channel().close());
    }
}
