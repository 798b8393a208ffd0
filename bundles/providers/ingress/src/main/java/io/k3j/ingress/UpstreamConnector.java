package io.k3j.ingress;

import io.k3j.ingressresources.BackendTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;

/// Makes connections to endpoints.
final class UpstreamConnector {
    static final String HTTP_1 = "http/1.1";
    static final String HTTP_2 = "h2";
    private final Class<? extends Channel> type;
    private final IngressTls tls;

    /// @param type of the sockets, as the event loops need them
    /// @param tls carries handshakes out
    UpstreamConnector(Class<? extends Channel> type, IngressTls tls) {
        this.type = type;
        this.tls = tls;
    }

    /// Begins a connection that speaks HTTP/1.1.
    ///
    /// @return done when it is there, and its handshake too where TLS is spoken
    Future<Channel> connect(EventLoop loop, UpstreamKey endpoint, UpstreamPool pool) {
        BackendTls wanted = endpoint.tls();
        if (wanted != null) {
            return secure(loop, endpoint.address(), wanted.engine(endpoint.address(), HTTP_1),
                    (channel, _) -> http1(channel, endpoint, pool));
        }
        Promise<Channel> done = loop.newPromise();
        ChannelFuture connecting = connect(loop, endpoint.address(), channel -> http1(channel, endpoint, pool));
        connecting.addListener(connected -> {
            if (connected.isSuccess()) {
                done.setSuccess(connecting.channel());
            } else {
                done.setFailure(connected.cause());
            }
        });
        return done;
    }

    /// Begins a connection over TLS on which the endpoint chooses the protocol.
    ///
    /// @param agreed sets the connection up for the protocol that was chosen, empty for none
    /// @return done when that is so
    Future<Channel> secure(EventLoop loop, InetSocketAddress address, SSLEngine engine,
            BiConsumer<Channel, String> agreed) {
        Promise<Channel> done = loop.newPromise();
        SslHandler handler = tls.handler(engine);
        ChannelFuture connecting = connect(loop, address,
                channel -> channel.pipeline().addLast(handler, new Agreement(handler, agreed, done)));
        connecting.addListener(connected -> {
            if (connected.isSuccess()) {
                // goes on by itself afterwards, until the handshake is over
                connecting.channel().read();
            } else {
                done.tryFailure(connected.cause());
            }
        });
        return done;
    }

    /// Waits for a handshake.
    private static final class Agreement extends ChannelInboundHandlerAdapter {
        private final SslHandler handler;
        private final BiConsumer<Channel, String> agreed;
        private final Promise<Channel> done;

        Agreement(SslHandler handler, BiConsumer<Channel, String> agreed, Promise<Channel> done) {
            this.handler = handler;
            this.agreed = agreed;
            this.done = done;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                if (handshake.isSuccess()) {
                    String protocol = handler.engine().getApplicationProtocol();
                    agreed.accept(context.channel(), protocol == null ? "" : protocol);
                    context.pipeline().remove(this);
                    done.trySuccess(context.channel());
                } else {
                    done.tryFailure(handshake.cause());
                    context.close();
                }
            }
            context.fireUserEventTriggered(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            done.tryFailure(new ClosedChannelException());
            context.fireChannelInactive();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            done.tryFailure(cause);
            context.close();
        }
    }

    /// Sets a connection up for HTTP/1.1.
    ///
    /// @param pool where it lies between exchanges
    static void http1(Channel channel, UpstreamKey endpoint, UpstreamPool pool) {
        UpstreamSide side = new UpstreamSide(channel, endpoint, pool);
        channel.pipeline().addLast(new UpstreamCodec(side), side);
    }

    /// Begins a connection.
    ///
    /// @param pipeline sets it up
    ChannelFuture connect(EventLoop loop, InetSocketAddress address, Consumer<Channel> pipeline) {
        return new Bootstrap().group(loop).channel(type).option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, IngressLimits.CONNECT_MILLIS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(IngressLimits.LOW_WATER_BYTES, IngressLimits.HIGH_WATER_BYTES))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        pipeline.accept(channel);
                    }
                }).connect(address);
    }
}
