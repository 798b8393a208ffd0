package io.k3j.ingress;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What was read of a client and is not wanted yet, in order: one part is handed on for each [#want], and more is read
/// only when none is left, and only when one is wanted or may come [#ahead]. On the event loop.
final class PartQueue {
    private final Consumer<Object> taker;
    private final ArrayDeque<Object> parts = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private boolean wanted = true;
    private boolean ahead;
    private boolean reading;
    private boolean handing;
    private boolean closed;

    /// @param taker takes each part over; may ask for the next one meanwhile
    PartQueue(Consumer<Object> taker) {
        this.taker = taker;
    }

    /// Reads through this context from now on.
    void attach(ChannelHandlerContext from) {
        context = from;
        more();
    }

    /// The next part is to be handed on.
    void want() {
        wanted = true;
    }

    /// Whether to read once before a part is wanted. Where no body is to come a read that stays outstanding while a
    /// request is at work spares two calls of the kernel for each request, to end and to begin waiting; what a client
    /// sends too early then waits here, and nothing is read behind it.
    void ahead(boolean may) {
        ahead = may;
    }

    /// Hands on what is wanted, in a loop whatever the taker does: a client decides how many parts there are.
    void handOn() {
        if (handing) {
            return;
        }
        handing = true;
        try {
            while (wanted && !parts.isEmpty()) {
                wanted = false;
                taker.accept(parts.remove());
            }
        } finally {
            handing = false;
        }
        more();
    }

    private void more() {
        ChannelHandlerContext from = context;
        boolean reads = (wanted || ahead) && parts.isEmpty() && !reading && !closed;
        if (reads && from != null && from.channel().isActive()) {
            reading = true;
            from.read();
        }
    }

    /// Takes a part that was read.
    void add(ChannelHandlerContext from, Object part) {
        if (closed) {
            ReferenceCountUtil.release(part);
        } else {
            SmallChunks.add(parts, part, from.alloc());
            handOn();
        }
    }

    /// What was asked for has been read.
    void readDone() {
        reading = false;
        more();
    }

    boolean closed() {
        return closed;
    }

    /// Nothing is handed on any more.
    void close() {
        closed = true;
        parts.forEach(ReferenceCountUtil::release);
        parts.clear();
    }
}
