package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ListenerIdentity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/// One TLS port: its routes, its identity, its open connections.
///
/// Connections are accepted from the first identity on; until then they wait in the kernel.
final class Port extends ChannelInitializer<Channel> {
    /// What all ports have in common.
    ///
    /// @param handshakes runs the costly steps of handshakes, off the event loops
    /// @param patience with every connection
    /// @param connections how many may be open at each port
    record Shared(Loops loops, DateHeader date, Executor handshakes, Patience patience, int connections) {
    }

    private final Shared shared;
    private final ServerSocketChannel socket;
    private final Dispatch dispatch;
    private final PortTls tls;
    private final Links links;
    private @Nullable Channel accepting;

    Port(Shared shared, ServerSocketChannel socket, Routes routes, TlsRules rules) {
        this.shared = shared;
        this.socket = socket;
        this.dispatch = new Dispatch(routes);
        this.tls = new PortTls(rules);
        this.links = new Links(shared.connections());
    }

    Dispatch dispatch() {
        return dispatch;
    }

    DateHeader date() {
        return shared.date();
    }

    PortTls tls() {
        return tls;
    }

    Links links() {
        return links;
    }

    /// Sets or takes away the identity; the first one opens the port.
    void identity(@Nullable ListenerIdentity inForce) throws IOException {
        tls.identity(inForce);
        if (accepting == null && tls.ready()) {
            accepting = shared.loops().accept(socket, this);
        }
    }

    /// Whether connections are being accepted.
    boolean accepting() {
        return accepting != null;
    }

    /// Breaks off what this endpoint is still answering.
    void abandon(Endpoint endpoint) {
        for (Link link : links.open()) {
            link.end(endpoint);
        }
    }

    @Override
    protected void initChannel(Channel channel) {
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        if (remote == null || !links.admits(remote.getAddress())) {
            channel.close();
            return;
        }
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        shared.loops().keepAlive(channel.config());
        channel.config().setWriteBufferWaterMark(
                new WriteBufferWaterMark(Limits.SOCKET_LOW_BYTES, Limits.SOCKET_HIGH_BYTES));
        Link link = new Link(channel, remote, shared.patience());
        link.await(Limits.HANDSHAKE_SECONDS);
        links.begin(link);
        channel.closeFuture().addListener(closing -> links.end(link));
        SSLEngine engine = tls.engine();
        SslHandler ssl = new SslHandler(engine, shared.handshakes());
        ssl.setHandshakeTimeoutMillis(0);
        channel.pipeline().addLast(ssl, new Handshake(this, engine, link));
    }

    /// Accepts no more, lets what is in flight finish for five seconds, then closes everything.
    void close() {
        Channel last = accepting;
        if (last != null) {
            shared.loops().release(last);
        }
        List<Link> open = new ArrayList<>(links.open());
        open.forEach(Link::end);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.DRAIN_SECONDS) * 9 / 10;
        for (Link link : open) {
            long left = Math.max(1, end - System.nanoTime());
            link.channel().closeFuture().awaitUninterruptibly(left, TimeUnit.NANOSECONDS);
        }
    }
}
