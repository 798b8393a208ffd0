package io.k3j.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/// Pauses accepting when `accept` fails, most often for want of a file descriptor: clients wait in the kernel's
/// backlog until the next try. Logs at most once a minute. Netty's own handler would wait a second and log a stack
/// trace each time.
final class AcceptPause extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);
    private long lastLogged = System.nanoTime() - LOG_INTERVAL_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        long now = System.nanoTime();
        if (now - lastLogged >= LOG_INTERVAL_NANOS) {
            lastLogged = now;
            LOG.log(Level.WARNING, "Cannot accept connections, trying again reason={0}", cause.getMessage());
        }
        context.channel().config().setAutoRead(false);
        context.executor().schedule(() -> resume(context), Limits.ACCEPT_RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void resume(ChannelHandlerContext context) {
        // after a swap the successor accepts on this socket
        if (context.channel().isRegistered()) {
            context.channel().config().setAutoRead(true);
        }
    }
}
