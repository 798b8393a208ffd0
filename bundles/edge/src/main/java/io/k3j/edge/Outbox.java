package io.k3j.edge;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The one way from any thread onto a connection's event loop. Everything that was posted until the
/// loop comes round is sent in order and flushed once; while the loop is busy, more gathers.
final class Outbox implements Runnable {
    private final EventLoop loop;
    private final Runnable flush;
    /// The newest message, linked to the older ones; empty exactly when no run is scheduled.
    private final AtomicReference<@Nullable Message> newest = new AtomicReference<>();
    private final AtomicLong pending = new AtomicLong();
    private volatile long progressNanos = System.nanoTime();

    /// `flush` is called on the loop after each batch.
    Outbox(EventLoop loop, Runnable flush) {
        this.loop = loop;
        this.flush = flush;
    }

    /// Hands a message over; any thread. Silently dropped when the loop has ended: then so has the connection.
    void post(Message message) {
        @Nullable
        Message before;
        do {
            before = newest.get();
            message.older = before;
        } while (!newest.compareAndSet(before, message));
        if (before == null) {
            schedule();
        }
    }

    private void schedule() {
        try {
            loop.execute(this);
        } catch (RejectedExecutionException ended) {
            newest.set(null);
        }
    }

    /// Sends everything posted so far; on the loop.
    @Override
    public void run() {
        @Nullable
        Message message = inOrder(newest.getAndSet(null));
        while (message != null) {
            Message next = message.older;
            message.older = null;
            message.send();
            message = next;
        }
        flush.run();
    }

    private static @Nullable Message inOrder(@Nullable Message newestFirst) {
        @Nullable
        Message oldest = null;
        @Nullable
        Message next = newestFirst;
        while (next != null) {
            Message older = next.older;
            next.older = oldest;
            oldest = next;
            next = older;
        }
        return oldest;
    }

    /// Counts bytes that are on their way.
    void took(int bytes) {
        if (pending.getAndAdd(bytes) == 0) {
            progressNanos = System.nanoTime();
        }
    }

    /// Counts bytes that have left for the socket, or never will.
    void left(int bytes) {
        pending.addAndGet(-bytes);
        progressNanos = System.nanoTime();
    }

    /// Bytes on their way.
    long pending() {
        return pending.get();
    }

    /// Whether bytes have been waiting since before `nanos` without any of them leaving.
    boolean stalledSince(long nanos) {
        return pending.get() > 0 && progressNanos - nanos < 0;
    }
}
