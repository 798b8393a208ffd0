package io.k3j.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ServerSocketChannel;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/// The event loops of all ports: epoll when its native library loads, else NIO selectors.
final class Loops implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");

    private final boolean epoll;
    private final EventLoopGroup group;

    private Loops(boolean epoll) {
        this.epoll = epoll;
        this.group = new MultiThreadIoEventLoopGroup(Limits.EVENT_LOOPS, new DefaultThreadFactory("edge-loop", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /// Starts the loops; `wanted` false selects NIO.
    static Loops start(boolean wanted) {
        boolean epoll = wanted && Epoll.isAvailable();
        if (wanted && !epoll) {
            LOG.log(Level.INFO, "Without epoll, using NIO reason=" + Epoll.unavailabilityCause().getMessage());
        }
        return new Loops(epoll);
    }

    /// Whether these are epoll loops.
    boolean epoll() {
        return epoll;
    }

    /// Accepts from a socket that the launcher owns; the socket stays open when the returned channel closes.
    Channel accept(ServerSocketChannel socket, ChannelInitializer<Channel> connections) throws IOException {
        socket.configureBlocking(false);
        ServerChannel server = adopt(socket);
        return new ServerBootstrap().group(group).channelFactory(() -> server).handler(new AcceptPause())
                .childHandler(connections).register().syncUninterruptibly().channel();
    }

    private ServerChannel adopt(ServerSocketChannel socket) throws IOException {
        if (!epoll) {
            return new NioServerSocketChannel(socket);
        }
        OptionalInt descriptor = Descriptors.of(socket);
        if (descriptor.isEmpty()) {
            throw new IOException("no descriptor found for " + socket);
        }
        return new EpollServerSocketChannel(descriptor.getAsInt());
    }

    /// Enables TCP keep-alive. With epoll it detects a vanished peer as fast as HTTP/2 pings do, else after the
    /// system's default time.
    void keepAlive(ChannelConfig config) {
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        if (epoll) {
            config.setOption(EpollChannelOption.TCP_KEEPIDLE, (int) Limits.PING_AFTER_SECONDS);
            config.setOption(EpollChannelOption.TCP_KEEPINTVL, Limits.KEEPALIVE_PROBE_SECONDS);
            config.setOption(EpollChannelOption.TCP_KEEPCNT, Limits.KEEPALIVE_PROBES);
        }
    }

    /// Stops accepting without closing the socket. When this returns, every accepted connection is registered with
    /// its port: registration is a task of the event loop, and one round of all loops is awaited.
    void release(Channel accepting) {
        accepting.deregister().syncUninterruptibly();
        for (EventExecutor loop : group) {
            loop.submit(() -> {
            }).syncUninterruptibly();
        }
    }

    /// Runs `action` every second until the loops end.
    void everySecond(Runnable action) {
        group.next().scheduleAtFixedRate(action, 1, 1, TimeUnit.SECONDS);
    }

    /// Runs `action` once after `seconds`.
    void after(long seconds, Runnable action) {
        group.next().schedule(action, seconds, TimeUnit.SECONDS);
    }

    /// Stops the loops; blocks at most one second.
    @Override
    public void close() {
        group.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
