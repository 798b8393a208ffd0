package io.k3j.ingress;

import io.k3j.ingressresources.IngressPublication;
import io.k3j.ingressrouting.EntryPoint;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The event loops and sockets of the entry points. For one thread.
final class IngressListeners implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.ingress");
    private static final int BACKLOG = 4096;
    private final boolean epoll = Epoll.isAvailable();
    private final EventLoopGroup group;
    private final Proxy proxy;
    private final ChannelGroup open;
    private final EntryPointChannel.Shared shared;
    private final SocketHandover handover;
    private final Map<InetSocketAddress, Channel> listening = new ConcurrentHashMap<>();
    /// Those that another version has too, or had first.
    private final Set<InetSocketAddress> common = ConcurrentHashMap.newKeySet();

    /// Begins the loops; listens nowhere yet.
    IngressListeners(int loops, Proxy proxy, IngressTls tls, IngressMetrics metrics,
            SocketHandover handover) {
        group = new MultiThreadIoEventLoopGroup(loops, new DefaultThreadFactory("ingress-loop", true),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        this.proxy = proxy;
        this.handover = handover;
        open = new DefaultChannelGroup(group.next(), true);
        UpstreamConnector connector = new UpstreamConnector(
                epoll ? EpollSocketChannel.class : NioSocketChannel.class, tls);
        for (EventExecutor loop : group) {
            proxy.add(new ProxyLoop((EventLoop) loop, connector, System::nanoTime));
        }
        shared = new EntryPointChannel.Shared(proxy, tls,
                new ConnectionCounts(IngressLimits.CONNECTIONS, IngressLimits.CONNECTIONS_PER_ADDRESS), metrics, open);
        handover.offer(this::lend);
    }

    private static String key(InetSocketAddress at) {
        return at.getAddress().getHostAddress() + " " + at.getPort();
    }

    private int lend(String at) {
        for (Map.Entry<InetSocketAddress, Channel> one : listening.entrySet()) {
            if (key(one.getKey()).equals(at) && one.getValue() instanceof EpollServerSocketChannel channel) {
                common.add(one.getKey());
                return channel.fd().intValue();
            }
        }
        return -1;
    }

    /// Listens on all entry points of exactly these addresses; what stays is not touched.
    ///
    /// @throws IOException when one cannot be had, as before the address exists
    void keep(List<String> addresses) throws IOException {
        Set<InetSocketAddress> wanted = new HashSet<>();
        for (String address : addresses) {
            for (EntryPoint entryPoint : EntryPoint.values()) {
                InetSocketAddress at = new InetSocketAddress(InetAddress.ofLiteral(address),
                        IngressPublication.listening(entryPoint));
                wanted.add(at);
                if (!listening.containsKey(at)) {
                    listen(entryPoint, at);
                }
            }
        }
        List.copyOf(listening.keySet()).stream().filter(at -> !wanted.contains(at)).forEach(this::stop);
    }

    /// Stops listening; the socket stays open for another version that has it.
    private void stop(InetSocketAddress at) {
        Channel channel = listening.remove(at);
        if (channel == null) {
            return;
        }
        if (common.remove(at) && handover.shared()) {
            channel.deregister().syncUninterruptibly();
        } else {
            channel.close().syncUninterruptibly();
        }
    }

    /// Listens on one more address.
    ///
    /// @return where, also for port 0
    /// @throws IOException when it cannot be had
    InetSocketAddress listen(EntryPoint entryPoint, InetSocketAddress at) throws IOException {
        Channel channel = bind(entryPoint, at);
        InetSocketAddress bound = (InetSocketAddress) channel.localAddress();
        listening.put(bound, channel);
        LOG.log(System.Logger.Level.INFO, "Serving ingress entryPoint={0} address={1} port={2}", entryPoint.label(),
                bound.getAddress().getHostAddress(), Integer.toString(bound.getPort()));
        return bound;
    }

    private Channel bind(EntryPoint entryPoint, InetSocketAddress at) throws IOException {
        OptionalInt borrowed = epoll ? handover.borrow(key(at)) : OptionalInt.empty();
        ServerBootstrap bootstrap = new ServerBootstrap().group(group).childHandler(
                new EntryPointChannel(entryPoint, shared));
        if (borrowed.isPresent()) {
            common.add(at);
            EpollServerSocketChannel channel = new EpollServerSocketChannel(borrowed.getAsInt());
            return bootstrap.channelFactory(() -> channel).register().syncUninterruptibly().channel();
        }
        Class<? extends ServerChannel> type = epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        ChannelFuture bound = bootstrap.channel(type).option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, BACKLOG).bind(at).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen on " + at + ": " + bound.cause().getMessage(), bound.cause());
        }
        return bound.channel();
    }

    /// Stops listening; requests at work may end within [IngressLimits#DRAIN_MILLIS].
    @Override
    public void close() {
        handover.close();
        List.copyOf(listening.keySet()).forEach(this::stop);
        // what was accepted is registered when each loop has had another round
        group.forEach(loop -> loop.submit(() -> {
        }).syncUninterruptibly());
        proxy.drain();
        // says GOAWAY, and ends after the streams that are open
        open.stream().filter(c -> c.pipeline().get(Http2FrameCodec.class) != null).forEach(Channel::close);
        open.newCloseFuture().awaitUninterruptibly(IngressLimits.DRAIN_MILLIS, TimeUnit.MILLISECONDS);
        open.close().awaitUninterruptibly(500, TimeUnit.MILLISECONDS);
        group.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly(1, TimeUnit.SECONDS);
    }
}
