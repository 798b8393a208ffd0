package io.k3j.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Feeds one answer's pieces into its wire, one batch at a time. What has to wait waits as a reference to
/// the arrays it was given, not as a copy: a thousand slow watches of the same events hold them once. Small
/// pieces that wait together leave together, so that an answer costs the less per piece the busier the loop is.
/// A second batch in flight would be chained to the first, and encryption would copy both once more.
final class Pump extends Message {
    private final HttpExchange exchange;
    private final Progress progress;
    private final ArrayDeque<Piece> waiting = new ArrayDeque<>();
    private boolean posted;
    private boolean flying;
    private boolean pumping;
    private boolean ending;

    /// `progress` is told on the event loop.
    Pump(HttpExchange exchange, Progress progress) {
        this.exchange = exchange;
        this.progress = progress;
    }

    /// Hears of bytes that have left for the socket, or never will.
    @FunctionalInterface
    interface Progress {
        void gone(int bytes);
    }

    /// Takes a piece; any thread. The loop comes round once, however much is added until it does.
    void add(Piece piece) {
        synchronized (waiting) {
            waiting.add(piece);
            if (posted) {
                return;
            }
            posted = true;
        }
        exchange.outbox().post(this);
    }

    @Override
    void send() {
        synchronized (waiting) {
            posted = false;
        }
        run();
    }

    private void run() {
        if (pumping) {
            return;
        }
        pumping = true;
        for (Batch batch = next(); batch != null; batch = next()) {
            flying = true;
            exchange.wire().data(batch.buffer(), false, batch);
        }
        pumping = false;
        if (ending && !more()) {
            exchange.wire().end();
        }
    }

    /// What may leave now: one piece, and the small ones behind it.
    private @Nullable Batch next() {
        synchronized (waiting) {
            if (flying || waiting.isEmpty()) {
                return null;
            }
            Batch batch = new Batch(waiting.remove());
            for (Piece p = waiting.peek(); p != null && batch.takes(p); p = waiting.peek()) {
                batch.add(waiting.remove());
            }
            return batch;
        }
    }

    private boolean more() {
        synchronized (waiting) {
            return !waiting.isEmpty();
        }
    }

    private void again() {
        synchronized (waiting) {
            if (posted) {
                return;
            }
            posted = true;
        }
        exchange.outbox().post(this);
    }

    /// Ends the answer after the last piece; on the loop.
    void end() {
        ending = true;
        run();
    }

    /// Breaks it off; pieces that wait are forgotten; on the loop.
    void reset() {
        exchange.wire().reset();
        int forgotten = 0;
        synchronized (waiting) {
            for (Piece p = waiting.poll(); p != null; p = waiting.poll()) {
                forgotten += p.length();
            }
        }
        progress.gone(forgotten);
    }

    /// Pieces that leave in one go, and who hears of it.
    private final class Batch implements ChannelFutureListener {
        private final Piece first;
        private @Nullable List<Piece> others;
        private int length;

        Batch(Piece first) {
            this.first = first;
            this.length = first.length();
        }

        boolean takes(Piece piece) {
            return length + piece.length() <= Limits.BATCH_BYTES;
        }

        void add(Piece piece) {
            List<Piece> all = others == null ? new ArrayList<>() : others;
            all.add(piece);
            others = all;
            length += piece.length();
        }

        ByteBuf buffer() {
            if (others == null) {
                return first.buffer(exchange.allocator());
            }
            ByteBuf all = exchange.allocator().heapBuffer(length, length);
            first.writeTo(all);
            others.forEach(piece -> piece.writeTo(all));
            return all;
        }

        @Override
        public void operationComplete(ChannelFuture sent) {
            flying = false;
            progress.gone(length);
            // room that comes while the connection is writing needs a flush of its own
            if (!pumping && more()) {
                again();
            }
        }
    }
}
