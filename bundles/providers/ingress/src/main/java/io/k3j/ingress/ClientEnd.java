package io.k3j.ingress;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/// How the connection of a client ends, or its stream of HTTP/2: after what has been written last. On the event loop.
final class ClientEnd {
    private final ClientLink link;
    private @Nullable ChannelFuture last;

    ClientEnd(ClientLink link) {
        this.link = link;
    }

    /// Ends after this and not before.
    void after(ChannelFuture written) {
        last = written;
    }

    /// Closes the channel.
    void close(ChannelHandlerContext context) {
        ChannelFuture written = last;
        if (written == null) {
            context.close();
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /// Gives a client of HTTP/1.1 that still sends the time to see its answer.
    void discard(ChannelHandlerContext context) {
        link.expect(IngressLimits.DISCARD_SECONDS);
        ChannelFuture written = last;
        if (written != null && context.channel() instanceof DuplexChannel duplex
                && context.pipeline().get(SslHandler.class) == null) {
            // the client hears the end at once, and what it still sends does not destroy the answer
            written.addListener(sent -> duplex.shutdownOutput());
        }
    }
}
