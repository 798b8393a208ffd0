package io.k3j.edge;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.ListenerIdentity;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/// One TLS port: its routes, its certificate source, its open connections.
///
/// Connections are accepted once there is a certificate source; until then they wait in the kernel's backlog.
final class Port extends ChannelInitializer<Channel> {
    /// What all ports share.
    ///
    /// @param handshakes runs the expensive steps of handshakes off the event loops
    /// @param patience the timeouts of every connection
    /// @param clock by which certificates of clients are valid
    /// @param connections the number of connections that may be open per port
    record Shared(Loops loops, DateHeader date, Executor handshakes, Patience patience, InstantSource clock,
            int connections) {
        /// The same for a port with another number of connections.
        Shared with(int most) {
            return new Shared(loops, date, handshakes, patience, clock, most);
        }
    }

    private final Shared shared;
    private final ServerSocketChannel socket;
    private final Dispatch dispatch;
    private final PortTls tls;
    private final ClientConnections connections;
    private final int streams;
    private @Nullable Channel accepting;

    /// @param ofName how many connections may be open under one name of client certificates
    Port(Shared shared, ServerSocketChannel socket, Routes routes, TlsRules rules, int ofName) {
        this.shared = shared;
        this.socket = socket;
        this.dispatch = new Dispatch(routes,
                new UnreadBodies(Capacity.ofBodies(Runtime.getRuntime().maxMemory())));
        this.tls = new PortTls(rules);
        this.streams = rules.streams();
        this.connections = new ClientConnections(shared.connections(), ofName);
    }

    Dispatch dispatch() {
        return dispatch;
    }

    DateHeader date() {
        return shared.date();
    }

    /// How many streams one HTTP/2 connection may have at a time.
    int streams() {
        return streams;
    }

    PortTls tls() {
        return tls;
    }

    ClientConnections connections() {
        return connections;
    }

    /// Sets or removes the certificate source; the first one opens the port.
    void identity(@Nullable ListenerIdentity inForce) throws IOException {
        tls.identity(inForce);
        if (accepting == null && tls.ready()) {
            accepting = shared.loops().accept(socket, this);
        }
    }

    /// Whether the port accepts connections.
    boolean accepting() {
        return accepting != null;
    }

    /// Aborts the responses of this endpoint.
    void abandon(Endpoint endpoint) {
        for (ClientConnection client : connections.open()) {
            client.end(endpoint);
        }
    }

    @Override
    protected void initChannel(Channel channel) {
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        if (remote == null || !connections.hasCapacity(remote.getAddress())) {
            channel.close();
            return;
        }
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        shared.loops().keepAlive(channel.config());
        channel.config().setWriteBufferWaterMark(
                new WriteBufferWaterMark(Limits.SOCKET_LOW_BYTES, Limits.SOCKET_HIGH_BYTES));
        ClientConnection client = new ClientConnection(channel, remote, shared.patience(), shared.clock());
        client.expectClient(Limits.HANDSHAKE_SECONDS);
        connections.handshakeStarted(client);
        channel.closeFuture().addListener(closing -> connections.end(client));
        SSLEngine engine = tls.engine();
        Handshake handshake = new Handshake(this, engine, client);
        SslHandler ssl = new SslHandler(engine, handshake.steps(shared.handshakes()));
        ssl.setHandshakeTimeoutMillis(0);
        channel.pipeline().addLast(ssl, handshake);
    }

    /// Stops accepting, lets requests in flight finish for up to five seconds, then closes all connections.
    void close() {
        Channel last = accepting;
        if (last != null) {
            shared.loops().release(last);
        }
        List<ClientConnection> open = new ArrayList<>(connections.open());
        open.forEach(ClientConnection::end);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.DRAIN_SECONDS) * 9 / 10;
        awaitDrain(open);
        open.forEach(ClientConnection::leave);
        for (ClientConnection client : open) {
            long remaining = Math.max(1, end - System.nanoTime());
            client.channel().closeFuture().awaitUninterruptibly(remaining, TimeUnit.NANOSECONDS);
        }
    }

    /// Waits until their clients were told: one round of their event loops, within the time that clients have to take
    /// notice, so that what is to end in order has the rest.
    private static void awaitDrain(List<ClientConnection> open) {
        long last = System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.GO_AWAY_SECONDS);
        for (EventLoop loop : open.stream().map(client -> client.channel().eventLoop()).distinct().toList()) {
            loop.submit(() -> {
            }).awaitUninterruptibly(Math.max(1, last - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }
}
