package io.k3j.ingress;

import io.k3j.ingressrouting.EntryPoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// Sets up each connection of an entry point: TLS, then the protocol that both speak. HTTP/2 comes by ALPN, or without
/// TLS by its preface (as gRPC clients send it).
final class EntryPointChannel extends ChannelInitializer<Channel> {
    private final EntryPoint entryPoint;
    private final Shared shared;

    /// What all entry points share.
    ///
    /// @param open every connection
    record Shared(Proxy proxy, IngressTls tls, ConnectionCounts counts, IngressMetrics metrics, ChannelGroup open) {
    }

    EntryPointChannel(EntryPoint entryPoint, Shared shared) {
        this.entryPoint = entryPoint;
        this.shared = shared;
    }

    @Override
    protected void initChannel(Channel channel) {
        InetSocketAddress remote = (InetSocketAddress) channel.remoteAddress();
        if (remote == null || !shared.counts().take(remote.getAddress())) {
            shared.metrics().turnedAway(entryPoint);
            channel.close();
            return;
        }
        ClientLink link = new ClientLink(channel, entryPoint, shared.proxy().loop(channel));
        begin(channel, link, remote.getAddress());
        if (entryPoint.secure()) {
            link.expect(IngressLimits.HANDSHAKE_SECONDS);
            channel.pipeline().addLast(shared.tls().handler(), new Negotiation(link));
        } else {
            link.expect(IngressLimits.HEAD_SECONDS);
            channel.pipeline().addLast(new Preface(link));
        }
    }

    private void begin(Channel channel, ClientLink link, InetAddress remote) {
        channel.config().setOption(ChannelOption.TCP_NODELAY, true);
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        channel.config().setWriteBufferWaterMark(
                new WriteBufferWaterMark(IngressLimits.LOW_WATER_BYTES, IngressLimits.HIGH_WATER_BYTES));
        shared.metrics().opened(entryPoint);
        shared.open().add(channel);
        link.loop().watch(link);
        channel.closeFuture().addListener(closed -> {
            link.loop().forget(link);
            shared.counts().give(remote);
            shared.metrics().closed(entryPoint);
        });
    }

    private void http1(ChannelPipeline pipeline, ClientLink link) {
        pipeline.channel().config().setAutoRead(false);
        pipeline.addLast(new HttpServerCodec(new HttpDecoderConfig()
                // said, so that no system property of Netty allows what could be understood in two ways
                .setStrictLineParsing(true).setUseRfc9112TransferEncoding(true).setAllowDuplicateContentLengths(false)
                .setMaxInitialLineLength(IngressLimits.LINE_BYTES).setMaxHeaderSize(IngressLimits.HEADER_BYTES)
                .setMaxChunkSize(IngressLimits.HIGH_WATER_BYTES), IngressLimits.PIPELINED),
                new ClientSide(shared.proxy(), link, false));
    }

    private void http2(ChannelPipeline pipeline, ClientLink link) {
        Http2Settings settings = Http2Settings.defaultSettings().maxConcurrentStreams(IngressLimits.STREAMS)
                .initialWindowSize(IngressLimits.STREAM_WINDOW).maxHeaderListSize(IngressLimits.HEADER_BYTES);
        pipeline.addLast(Http2FrameCodecBuilder.forServer().initialSettings(settings)
                .decoderEnforceMaxRstFramesPerWindow(IngressLimits.RESETS, IngressLimits.RESET_SECONDS)
                .encoderEnforceMaxRstFramesPerWindow(IngressLimits.RESETS, IngressLimits.RESET_SECONDS)
                .gracefulShutdownTimeoutMillis(IngressLimits.DRAIN_MILLIS).build(),
                new Http2MultiplexHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        link.streamBegun();
                        stream.closeFuture().addListener(closed -> link.streamEnded());
                        stream.config().setAutoRead(false);
                        stream.pipeline().addLast(new Http2StreamFrameToHttpObjectCodec(true),
                                new ClientSide(shared.proxy(), link, true));
                    }
                }));
        pipeline.writeAndFlush(new DefaultHttp2WindowUpdateFrame(IngressLimits.CONNECTION_WINDOW - 65_535));
    }

    /// Waits for the handshake. A second one, which TLS 1.2 knows, ends the connection.
    private final class Negotiation extends ChannelInboundHandlerAdapter {
        private final ClientLink link;

        Negotiation(ClientLink link) {
            this.link = link;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (!(event instanceof SslHandshakeCompletionEvent done)) {
                context.fireUserEventTriggered(event);
                return;
            }
            SslHandler ssl = context.pipeline().get(SslHandler.class);
            if (!done.isSuccess() || ssl == null) {
                context.close();
                return;
            }
            link.expect(IngressLimits.HEAD_SECONDS);
            context.pipeline().addLast(new OneHandshake());
            if ("h2".equals(ssl.engine().getApplicationProtocol())) {
                http2(context.pipeline(), link);
            } else {
                http1(context.pipeline(), link);
            }
            context.pipeline().remove(this);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    /// Ends a connection that wants to negotiate again.
    private static final class OneHandshake extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent) {
                context.close();
            } else {
                context.fireUserEventTriggered(event);
            }
        }
    }

    /// Looks at the first bytes, however few come at once: `PRI` begins HTTP/2, and nothing else.
    private final class Preface extends ByteToMessageDecoder {
        private static final String BEGINNING = "PRI";
        private final ClientLink link;

        Preface(ClientLink link) {
            this.link = link;
        }

        @Override
        protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) {
            boolean http2 = begins(bytes);
            if (http2 && bytes.readableBytes() < BEGINNING.length()) {
                return;
            }
            if (http2) {
                http2(context.pipeline(), link);
            } else {
                http1(context.pipeline(), link);
            }
            // hands the bytes on
            context.pipeline().remove(this);
        }

        private static boolean begins(ByteBuf bytes) {
            int length = Math.min(BEGINNING.length(), bytes.readableBytes());
            for (int i = 0; i < length; i++) {
                if (bytes.getByte(bytes.readerIndex() + i) != BEGINNING.charAt(i)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
