package io.k3j.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Waits for the TLS handshake, then installs the protocol negotiated by ALPN.
final class Handshake extends ChannelInboundHandlerAdapter {
    private final Port port;
    private final SSLEngine engine;
    private final ClientConnection client;
    private final AtomicInteger owed = new AtomicInteger();
    private volatile boolean finished;

    Handshake(Port port, SSLEngine engine, ClientConnection client) {
        this.port = port;
        this.engine = engine;
        this.client = client;
    }

    /// Runs the expensive steps by `executor`. The client has no deadline while one is owed to it, however busy this
    /// machine is; how many there are is up to the protocol, and not to the client.
    Executor steps(Executor executor) {
        return step -> {
            client.heard();
            owed.incrementAndGet();
            if (!finished) {
                client.clearDeadline();
            }
            executor.execute(() -> {
                try {
                    step.run();
                } finally {
                    onLoop(this::done);
                }
            });
        };
    }

    private void onLoop(Runnable action) {
        try {
            client.channel().eventLoop().execute(action);
        } catch (RejectedExecutionException ended) {
            // the loop has ended, and the connection with it
        }
    }

    private void done() {
        if (owed.decrementAndGet() == 0 && !finished) {
            client.expectClient(Limits.HANDSHAKE_SECONDS);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent completed)) {
            context.fireUserEventTriggered(event);
            return;
        }
        if (completed.isSuccess()) {
            List<X509Certificate> shown = certificates(engine.getSession());
            // one authority may vouch for both: who of them is a front proxy is told by names
            client.certificates(port.tls().verified(shown), port.tls().frontProxy(shown));
            if (finish()) {
                proceed(context);
                return;
            }
        }
        context.close();
    }

    private void proceed(ChannelHandlerContext context) {
        client.expectClient(Limits.FIRST_REQUEST_SECONDS);
        ChannelPipeline pipeline = context.pipeline();
        if ("h2".equals(engine.getApplicationProtocol())) {
            Http2ClientConnection handler = Http2ClientConnection.of(client, port.dispatch(), port.date(),
                    port.streams());
            client.setProtocol(handler);
            pipeline.addLast(handler);
        } else {
            Http1Connection handler = new Http1Connection(client, port.dispatch(), port.date());
            client.setProtocol(handler);
            context.channel().config().setAutoRead(false);
            pipeline.addLast(codec(), handler);
        }
        if (engine.getSession() instanceof ExtendedSSLSession session) {
            String name = PortKeys.first(session).orElseGet(() -> address(context));
            Thread.startVirtualThread(() -> port.tls().requested(name));
        }
        pipeline.remove(this);
        client.protocolReady();
        context.channel().read();
    }

    private static String address(ChannelHandlerContext context) {
        return ((InetSocketAddress) context.channel().localAddress()).getAddress().getHostAddress();
    }

    private static HttpServerCodec codec() {
        return new HttpServerCodec(new HttpDecoderConfig().setMaxInitialLineLength(Limits.LINE_BYTES)
                .setMaxHeaderSize(Limits.HEADER_BYTES).setMaxChunkSize(Limits.STREAM_WINDOW));
    }

    private static List<X509Certificate> certificates(SSLSession session) {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : session.getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
            return List.copyOf(chain);
        } catch (SSLPeerUnverifiedException anonymous) {
            return List.of();
        }
    }

    /// @return whether the connection may stay
    private boolean finish() {
        if (finished) {
            return true;
        }
        finished = true;
        return port.connections().handshakeDone(client);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        finish();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
