package io.k3j.ingress;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/// Makes connections to endpoints.
final class UpstreamConnector {
    private final Class<? extends Channel> type;

    /// @param type of the sockets, as the event loops need them
    UpstreamConnector(Class<? extends Channel> type) {
        this.type = type;
    }

    /// Begins a connection that speaks HTTP/1.1.
    ChannelFuture connect(EventLoop loop, InetSocketAddress address, UpstreamPool pool) {
        return connect(loop, address,
                channel -> channel.pipeline().addLast(codec(), new UpstreamSide(channel, address, pool)));
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
