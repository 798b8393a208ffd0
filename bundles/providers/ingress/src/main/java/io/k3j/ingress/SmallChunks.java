package io.k3j.ingress;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Deque;

/// Puts small parts of a body that wait together into one: a client that sends chunks of one byte would otherwise need
/// a hundred times the memory of its bytes.
final class SmallChunks {
    private static final int SMALL = 512;
    private static final int ROOM = 16 * 1024;

    private SmallChunks() {
    }

    /// Adds a message, which is taken over, to those that wait.
    static void add(Deque<Object> waiting, Object message, ByteBufAllocator allocator) {
        if (!small(message) || !(waiting.peekLast() instanceof HttpContent last) || last instanceof LastHttpContent) {
            waiting.addLast(message);
            return;
        }
        HttpContent part = (HttpContent) message;
        ByteBuf into = last.content();
        if (last instanceof Gathered && into.writableBytes() >= part.content().readableBytes()) {
            into.writeBytes(part.content());
            part.release();
        } else {
            Gathered gathered = new Gathered(allocator.buffer(ROOM, ROOM).writeBytes(part.content()));
            part.release();
            waiting.addLast(gathered);
        }
    }

    private static boolean small(Object message) {
        return message instanceof HttpContent part && !(message instanceof LastHttpContent)
                && part.decoderResult().isSuccess() && part.content().readableBytes() < SMALL;
    }

    /// Several parts.
    private static final class Gathered extends DefaultHttpContent {
        Gathered(ByteBuf content) {
            super(content);
        }
    }
}
