package io.k3j.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Feeds the pieces of one response into its writer, one batch at a time. Waiting pieces refer to the caller's arrays
/// and are not copied: a thousand slow watches of the same events share them. Small pieces are batched, so that the
/// cost per piece falls as the loop gets busier. A second batch in flight would be chained to the first, and
/// encryption would copy both once more.
final class Pump extends Message {
    private final HttpExchange exchange;
    private final Progress progress;
    private final ArrayDeque<Piece> waiting = new ArrayDeque<>();
    private boolean posted;
    private boolean inFlight;
    private boolean pumping;
    private boolean ending;

    /// @param progress called on the event loop
    Pump(HttpExchange exchange, Progress progress) {
        this.exchange = exchange;
        this.progress = progress;
    }

    /// Called with bytes that were written to the socket or dropped.
    @FunctionalInterface
    interface Progress {
        void onSent(int bytes);
    }

    /// Enqueues a piece; any thread. The loop is scheduled once for all pieces added before it runs.
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
            inFlight = true;
            exchange.writer().data(batch.buffer(), false, batch);
        }
        pumping = false;
        if (ending && !more()) {
            exchange.writer().end();
        }
    }

    /// The next batch: one piece and the small ones behind it; null while one is in flight.
    private @Nullable Batch next() {
        synchronized (waiting) {
            if (inFlight || waiting.isEmpty()) {
                return null;
            }
            Batch batch = new Batch(waiting.remove());
            for (Piece p = waiting.peek(); p != null && batch.fits(p); p = waiting.peek()) {
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

    private void reschedule() {
        synchronized (waiting) {
            if (posted) {
                return;
            }
            posted = true;
        }
        exchange.outbox().post(this);
    }

    /// Ends the response after the last piece; on the loop.
    void end() {
        ending = true;
        run();
    }

    /// Resets the response and drops waiting pieces; on the loop.
    void reset() {
        exchange.writer().reset();
        int dropped = 0;
        synchronized (waiting) {
            for (Piece p = waiting.poll(); p != null; p = waiting.poll()) {
                dropped += p.length();
            }
        }
        progress.onSent(dropped);
    }

    /// Pieces that are written together, with their completion.
    private final class Batch implements ChannelFutureListener {
        private final Piece first;
        private @Nullable List<Piece> others;
        private int length;

        Batch(Piece first) {
            this.first = first;
            this.length = first.length();
        }

        boolean fits(Piece piece) {
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
            inFlight = false;
            progress.onSent(length);
            // a completion outside of `run` must schedule and flush the next batch itself
            if (!pumping && more()) {
                reschedule();
            }
        }
    }
}
