package io.k3j.edge;

import io.k3j.edgeapi.ResponseStream;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// An answer that is written bit by bit. Counts the bytes on their way to its client, so that a slow
/// client stops its own writer and nobody else's.
final class AnswerStream implements ResponseStream {
    private final HttpExchange exchange;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile boolean closed;
    private volatile @Nullable Thread waiter;

    AnswerStream(HttpExchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void write(byte[]... parts) throws IOException {
        long rest = Piece.length(parts);
        Piece piece = new Piece(parts, 0, 0, 0);
        while (rest > 0) {
            awaitRoom();
            piece = piece.then((int) Math.min(rest, Limits.PIECE_BYTES));
            rest -= piece.length();
            post(piece);
        }
    }

    @Override
    public boolean offer(int maxPendingBytes, byte[]... parts) {
        if (!open() || pending.get() > maxPendingBytes) {
            return false;
        }
        int length = Math.toIntExact(Piece.length(parts));
        if (length > 0) {
            post(new Piece(parts, 0, 0, length));
        }
        return true;
    }

    private void post(Piece piece) {
        pending.addAndGet(piece.length());
        exchange.outbox().took(piece.length());
        exchange.outbox().post(new Data(piece));
    }

    private void awaitRoom() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.STALLED_SECONDS);
        int before = pending.get();
        while (open() && crowded()) {
            if (pending.get() < before) {
                before = pending.get();
                deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Limits.STALLED_SECONDS);
            }
            if (deadline - System.nanoTime() < 0) {
                abort();
            }
            park(deadline);
        }
        if (!open()) {
            throw new IOException("the client has gone");
        }
    }

    private void park(long deadline) throws IOException {
        waiter = Thread.currentThread();
        if (open() && crowded()) {
            LockSupport.parkNanos(this, Math.min(deadline - System.nanoTime(), TimeUnit.SECONDS.toNanos(1)));
        }
        waiter = null;
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("interrupted");
        }
    }

    private boolean crowded() {
        return pending.get() > Limits.PENDING_BYTES
                || exchange.outbox().pending() > Limits.PENDING_CONNECTION_BYTES && pending.get() > 0;
    }

    /// Wakes a writer that waits; any thread.
    void wake() {
        Thread thread = waiter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public boolean open() {
        return !closed && !exchange.gone();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            exchange.outbox().post(new End(exchange.wire()));
            exchange.answered();
        }
    }

    @Override
    public void abort() {
        if (!closed) {
            closed = true;
            exchange.outbox().post(new Reset(exchange.wire()));
            exchange.answered();
        }
    }

    /// One piece on its way.
    private final class Data extends Message implements ChannelFutureListener {
        private final Piece piece;

        Data(Piece piece) {
            this.piece = piece;
        }

        @Override
        void send() {
            exchange.wire().data(piece.buffer(exchange.allocator()), false, this);
        }

        @Override
        public void operationComplete(ChannelFuture sent) {
            pending.addAndGet(-piece.length());
            exchange.outbox().left(piece.length());
            wake();
        }
    }

    /// The end of the answer.
    private static final class End extends Message {
        private final Wire wire;

        End(Wire wire) {
            this.wire = wire;
        }

        @Override
        void send() {
            wire.end();
        }
    }

    /// The end of an answer that stays incomplete.
    static final class Reset extends Message {
        private final Wire wire;

        Reset(Wire wire) {
            this.wire = wire;
        }

        @Override
        void send() {
            wire.reset();
        }
    }
}
