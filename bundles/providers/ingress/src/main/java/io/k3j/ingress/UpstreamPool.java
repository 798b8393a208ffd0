package io.k3j.ingress;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
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
    private final Map<InetSocketAddress, ArrayDeque<UpstreamSide>> idle = new HashMap<>();

    UpstreamPool(EventLoop loop, UpstreamConnector connector) {
        this.loop = loop;
        this.connector = connector;
    }

    /// An idle connection, null when there is none.
    @Nullable
    UpstreamSide take(InetSocketAddress address) {
        ArrayDeque<UpstreamSide> some = idle.get(address);
        UpstreamSide last = some == null ? null : some.pollLast();
        return last == null || last.channel().isActive() ? last : take(address);
    }

    /// Makes a connection.
    ///
    /// @param made hears of it
    /// @param failed hears why there is none
    void connect(InetSocketAddress address, Consumer<UpstreamSide> made, Consumer<Throwable> failed) {
        ChannelFuture connecting = connector.connect(loop, address, this);
        connecting.addListener(done -> {
            Channel channel = connecting.channel();
            if (done.isSuccess()) {
                made.accept(channel.pipeline().get(UpstreamSide.class));
            } else {
                failed.accept(done.cause());
            }
        });
    }

    /// Keeps one that is idle, or closes it when there are enough.
    void keep(UpstreamSide upstream) {
        ArrayDeque<UpstreamSide> some = idle.computeIfAbsent(upstream.address(), a -> new ArrayDeque<>());
        if (some.size() < IngressLimits.IDLE_UPSTREAMS) {
            some.addLast(upstream);
        } else {
            upstream.channel().close();
        }
    }

    /// Forgets one that is closed.
    void drop(UpstreamSide upstream) {
        ArrayDeque<UpstreamSide> some = idle.get(upstream.address());
        if (some != null) {
            some.remove(upstream);
            if (some.isEmpty()) {
                idle.remove(upstream.address());
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
