package io.k3j.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// One direction of a connection that has become something else than HTTP, as a websocket. Reads no faster than the
/// other side takes; when one side ends, so does the other.
final class RawRelay extends ChannelInboundHandlerAdapter implements Expiring {
    private final Channel own;
    private final Channel other;
    private final ProxyLoop loop;
    private long lastMoved = System.nanoTime();

    private RawRelay(Channel own, Channel other, ProxyLoop loop) {
        this.own = own;
        this.other = other;
        this.loop = loop;
    }

    /// The answer that tells a client of the new protocol.
    static FullHttpResponse agreed(HttpResponse answer, String upgrade) {
        FullHttpResponse head = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(),
                Unpooled.EMPTY_BUFFER);
        ForwardedHeaders.response(answer.headers());
        head.headers().set(answer.headers());
        head.headers().remove(HttpHeaderNames.TRANSFER_ENCODING).remove(HttpHeaderNames.CONTENT_LENGTH)
                .set(HttpHeaderNames.CONNECTION, "Upgrade").set(HttpHeaderNames.UPGRADE, upgrade);
        return head;
    }

    /// Sends the last answer to a client, then relays both ways; the handlers of HTTP/1.1 go.
    ///
    /// @param client of the handler that has spoken to it so far
    static void begin(ChannelHandlerContext client, Channel endpoint, FullHttpResponse answer, ProxyLoop loop) {
        client.writeAndFlush(answer);
        Channel channel = client.channel();
        RawRelay there = new RawRelay(channel, endpoint, loop);
        RawRelay back = new RawRelay(endpoint, channel, loop);
        channel.pipeline().addLast(there);
        endpoint.pipeline().addLast(back);
        loop.watch(there);
        loop.watch(back);
        // what a codec still holds goes to the last handler
        channel.pipeline().remove(client.handler());
        channel.pipeline().remove(HttpServerCodec.class);
        endpoint.pipeline().remove(UpstreamSide.class);
        endpoint.pipeline().remove(UpstreamCodec.class);
        loop.loop().execute(() -> {
            channel.read();
            endpoint.read();
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        lastMoved = System.nanoTime();
        if (message instanceof ByteBuf) {
            other.write(message);
        } else {
            // the end of the answer that changed the protocol
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        other.flush();
        if (other.isWritable()) {
            own.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (own.isWritable()) {
            other.read();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        loop.forget(this);
        other.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        own.close();
    }

    /// Ends a connection that is silent in both directions.
    @Override
    public void check(long now) {
        RawRelay back = other.pipeline().get(RawRelay.class);
        long last = back == null ? lastMoved : Math.max(lastMoved, back.lastMoved);
        if (now - last > TimeUnit.SECONDS.toNanos(IngressLimits.SILENT_SECONDS)) {
            own.close();
        }
    }
}
