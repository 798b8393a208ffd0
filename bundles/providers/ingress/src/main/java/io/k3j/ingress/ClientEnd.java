package io.k3j.ingress;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// How the connection of a client ends, or its stream of HTTP/2: after what has been written last, which the client has
/// to take in time. On the event loop.
final class ClientEnd implements Expiring {
    private static final System.Logger LOG = System.getLogger("io.k3j.ingress");
    private final ClientLink link;
    private final boolean http2;
    private @Nullable ChannelFuture last;
    private boolean requestEnded;
    /// Since when a stream has been watched; 0 while it is not.
    private long since;

    /// @param http2 whether this is a stream
    ClientEnd(ClientLink link, boolean http2) {
        this.link = link;
        this.http2 = http2;
    }

    /// Ends after this and not before.
    void after(ChannelFuture written) {
        last = written;
    }

    /// The whole of a stream's request has come.
    void requestEnded() {
        requestEnded = true;
    }

    /// Gives the client [IngressLimits#STALLED_SECONDS] for what has been written and not sent: no exchange looks after
    /// it any more.
    void watch() {
        ChannelFuture written = last;
        if (written == null || written.isDone()) {
            return;
        }
        if (!http2) {
            link.expect(IngressLimits.STALLED_SECONDS);
        } else if (since == 0) {
            since = link.loop().stamp();
            link.loop().watch(this);
            written.channel().closeFuture().addListener(closed -> link.loop().forget(this));
        }
    }

    @Override
    public void check(long now) {
        ChannelFuture written = last;
        if (written != null && Overdue.STALLED.since(since, now)) {
            // by itself the channel of a stream that has its end written does not tell anybody to forget it
            written.channel().writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
            written.channel().close();
        }
    }

    /// Closes the channel.
    void close(ChannelHandlerContext context) {
        ChannelFuture written = last;
        watch();
        if (written == null) {
            context.close();
        } else if (http2 && !requestEnded) {
            written.addListener(sent -> stop(context, sent));
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /// Tells the client of a stream that it need not send the rest. Its answer counts with this code only
    /// (RFC 9113 §8.1).
    private static void stop(ChannelHandlerContext context, Future<?> sent) {
        if (sent.isSuccess()) {
            context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
        }
        context.close();
    }

    /// Closes the channel whatever waits.
    ///
    /// @param reset whether the client would take its end for the end of the answer otherwise
    void abort(ChannelHandlerContext context, boolean reset) {
        try {
            if (reset) {
                context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            }
        } catch (ChannelException gone) {
            LOG.log(System.Logger.Level.DEBUG, "Cannot reset a connection, which is closed instead", gone);
        }
        context.close();
    }

    /// Gives a client of HTTP/1.1 that still sends the time to see its answer.
    void discard(ChannelHandlerContext context) {
        link.expect(IngressLimits.DISCARD_SECONDS);
        watch();
        ChannelFuture written = last;
        if (written != null) {
            written.addListener(sent -> {
                link.expect(IngressLimits.DISCARD_SECONDS);
                shutdown(context);
            });
        }
    }

    /// Tells the client at once that nothing more comes; what it still sends does not destroy the answer then.
    private static void shutdown(ChannelHandlerContext context) {
        if (context.channel() instanceof DuplexChannel duplex && context.pipeline().get(SslHandler.class) == null) {
            duplex.shutdownOutput();
        }
    }
}
