package io.k3j.ingress;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/// The head of an answer, which waits for the first part of the body, or until what has come is handed on: a small
/// body that is whole goes out with it, as one message in one buffer. On the event loop.
final class HeldHead {
    /// What Netty copies behind a head instead of sending a buffer of its own.
    private static final int SMALL_BYTES = 128;
    private @Nullable HttpResponse head;
    private boolean chunked;

    /// Holds a head; the one before has been written.
    ///
    /// @param inChunks whether its body has chunked coding
    void hold(HttpResponse answer, boolean inChunks) {
        head = answer;
        chunked = inChunks;
    }

    /// Writes a part of the body, which is taken over, behind the head.
    ChannelFuture write(ChannelHandlerContext to, HttpContent content) {
        HttpResponse held = head;
        if (held != null && !chunked && content instanceof LastHttpContent last && last.trailingHeaders().isEmpty()
                && content.content().readableBytes() <= SMALL_BYTES) {
            head = null;
            return to.write(new DefaultFullHttpResponse(held.protocolVersion(), held.status(), content.content(),
                    held.headers(), EmptyHttpHeaders.INSTANCE));
        }
        write(to);
        return to.write(content);
    }

    /// Writes the head if it still waits.
    void write(ChannelHandlerContext to) {
        HttpResponse held = head;
        if (held != null) {
            head = null;
            to.write(held);
        }
    }

    /// Nothing of the answer is to be sent any more.
    void forget() {
        head = null;
    }
}
