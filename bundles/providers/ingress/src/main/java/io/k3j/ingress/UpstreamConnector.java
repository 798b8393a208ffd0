package io.k3j.ingress;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/// Makes connections to endpoints.
final class UpstreamConnector {
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
        Promise<Channel> done = loop.newPromise();
        ChannelFuture connecting = connect(loop, endpoint.address(), channel -> {
            if (wanted != null) {
                channel.pipeline().addLast(tls.handler(endpoint, wanted));
            }
            channel.pipeline().addLast(codec(), new UpstreamSide(channel, endpoint, pool));
        });
        connecting.addListener(connected -> {
            Channel channel = connecting.channel();
            SslHandler handler = channel.pipeline().get(SslHandler.class);
            if (!connected.isSuccess()) {
                done.setFailure(connected.cause());
            } else if (handler == null) {
                done.setSuccess(channel);
            } else {
                // goes on by itself afterwards, as the side reads again after each time
                channel.pipeline().get(UpstreamSide.class).read();
                handler.handshakeFuture().addListener(new PromiseNotifier<>(false, done));
            }
        });
        return done;
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

    private static HttpClientCodec codec() {
        return new HttpClientCodec(new HttpDecoderConfig().setMaxInitialLineLength(IngressLimits.LINE_BYTES)
                .setMaxHeaderSize(IngressLimits.HEADER_BYTES).setMaxChunkSize(IngressLimits.HIGH_WATER_BYTES), false,
                false);
    }
}
