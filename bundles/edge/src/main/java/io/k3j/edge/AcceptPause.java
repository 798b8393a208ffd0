package io.k3j.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;

/// What happens when a connection cannot be accepted, most often for want of a descriptor: clients wait in the kernel a
/// moment, then it is tried again. Said once a minute at most. Netty itself would wait a second and print a stack
/// trace each time.
final class AcceptPause extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger("io.k3j.edge");
    private static final long SAY_NANOS = TimeUnit.MINUTES.toNanos(1);
    private long said = System.nanoTime() - SAY_NANOS;

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        long now = System.nanoTime();
        if (now - said >= SAY_NANOS) {
            said = now;
            LOG.log(Level.WARNING, "Cannot accept connections, trying again reason={0}", cause.getMessage());
        }
        context.channel().config().setAutoRead(false);
        context.executor().schedule(() -> again(context), Limits.ACCEPT_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void again(ChannelHandlerContext context) {
        // a successor may accept by now
        if (context.channel().isRegistered()) {
            context.channel().config().setAutoRead(true);
        }
    }
}
