package io.k3j.edge;

import io.k3j.edgeapi.ResponseStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A streamed response. Counts the bytes that wait for its client, so that a slow client blocks its own writer and no
/// other.
final class AnswerStream implements ResponseStream {
    private final HttpExchange exchange;
    private final Pump pump;
    private final AtomicInteger pending = new AtomicInteger();
    private volatile boolean closed;
    /// What waits of the complete answer; on the event loop.
    private int unsent;
    private volatile @Nullable Thread blockedWriter;

    AnswerStream(HttpExchange exchange) {
        this.exchange = exchange;
        this.pump = new Pump(exchange, this::onSent);
    }

    @Override
    public void write(byte[]... parts) throws IOException {
        long rest = Piece.length(parts);
        Piece piece = new Piece(parts, 0, 0, 0);
        while (rest > 0) {
            awaitRoom();
            piece = piece.then((int) Math.min(rest, Limits.PIECE_BYTES));
            rest -= piece.length();
            enqueue(piece);
        }
    }

    @Override
    public boolean offer(int maxPendingBytes, byte[]... parts) {
        if (!open() || pending.get() > maxPendingBytes) {
            return false;
        }
        int length = Math.toIntExact(Piece.length(parts));
        if (length > 0) {
            enqueue(new Piece(parts, 0, 0, length));
        }
        return true;
    }

    private void enqueue(Piece piece) {
        pending.addAndGet(piece.length());
        exchange.outbox().queued(piece.length());
        pump.add(piece);
    }

    private void onSent(int bytes) {
        pending.addAndGet(-bytes);
        exchange.outbox().sent(bytes);
        int freed = Math.min(bytes, unsent);
        unsent -= freed;
        exchange.outbox().unsent(-freed);
        wakeWriter();
    }

    private void awaitRoom() throws IOException {
        long deadline = System.nanoTime() + exchange.stallNanos();
        int before = pending.get();
        while (open() && overLimit()) {
            if (pending.get() < before) {
                before = pending.get();
                deadline = System.nanoTime() + exchange.stallNanos();
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
        blockedWriter = Thread.currentThread();
        if (open() && overLimit()) {
            LockSupport.parkNanos(this, Math.min(deadline - System.nanoTime(), TimeUnit.SECONDS.toNanos(1)));
        }
        blockedWriter = null;
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("interrupted");
        }
    }

    private boolean overLimit() {
        return pending.get() > Limits.PENDING_BYTES
                || exchange.outbox().pending() > Limits.PENDING_CONNECTION_BYTES && pending.get() > 0;
    }

    /// Nobody holds anything for what waits from now on; on the event loop.
    private void complete() {
        unsent = pending.get();
        exchange.outbox().unsent(unsent);
        pump.end();
    }

    /// Drops the queued data, because the client has disconnected or the exchange was aborted. Any thread.
    void drop() {
        exchange.outbox().post(new End(false));
        wakeWriter();
    }

    /// Wakes a blocked writer; any thread.
    void wakeWriter() {
        Thread thread = blockedWriter;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public boolean open() {
        return !closed && !exchange.gone();
    }

    @Override
    public boolean leaving() {
        return exchange.leaving();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            exchange.outbox().post(new End(true));
            exchange.answered();
        }
    }

    @Override
    public void abort() {
        if (!closed) {
            closed = true;
            exchange.outbox().post(new End(false));
            exchange.answered();
        }
    }

    /// The end of the response: complete or reset.
    private final class End extends Message {
        private final boolean complete;

        End(boolean complete) {
            this.complete = complete;
        }

        @Override
        void send() {
            if (complete) {
                complete();
            } else {
                pump.reset();
            }
        }
    }
}
