package io.k3j.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.TimeUnit;

/// Closes a connection that is drained a moment after its last answer. A client that writes meanwhile, if only that it
/// has read, would find the connection closed, and may give up on it with what it has received but not looked at yet.
/// Clients that have seen the end close by themselves; Go's server waits for them likewise (`goAwayTimeout`). On the
/// connection's event loop.
final class LingeringClose extends ChannelOutboundHandlerAdapter {
    private static final long LINGER = TimeUnit.MILLISECONDS.toNanos(Limits.LINGER_MILLIS);
    private boolean draining;
    private long end;

    /// From now on; the connection is closed by then whatever happens.
    /// @param last of `System.nanoTime`
    void drain(long last) {
        draining = true;
        end = last;
    }

    /// From now on; whatever its last answer is, the connection lingers after it.
    void linger() {
        drain(System.nanoTime() + Long.MAX_VALUE / 2);
    }

    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        long wait = draining ? Math.min(LINGER, end - System.nanoTime()) : 0;
        if (wait > 0) {
            context.executor().schedule(() -> context.close(promise), wait, TimeUnit.NANOSECONDS);
        } else {
            context.close(promise);
        }
    }
}
