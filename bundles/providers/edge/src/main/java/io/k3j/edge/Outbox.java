package io.k3j.edge;

import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The queue from any thread to a connection's event loop. Everything posted before the loop runs is sent in order
/// and flushed once; while the loop is busy, more is batched.
final class Outbox implements Runnable {
    private final EventLoop loop;
    private final Runnable flush;
    /// The newest message, linked to the older ones; null exactly when no run is scheduled.
    private final AtomicReference<@Nullable Message> newest = new AtomicReference<>();
    private final AtomicLong pending = new AtomicLong();
    /// Null: counted nowhere.
    private volatile UnsentAnswers.@Nullable Account answers;
    private volatile long progressNanos = System.nanoTime();

    /// @param flush called on the loop after each batch
    Outbox(EventLoop loop, Runnable flush) {
        this.loop = loop;
        this.flush = flush;
    }

    /// Enqueues a message; any thread. The message is dropped when the loop has ended, since then the connection has
    /// too.
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

    /// Counts complete answers from now on.
    void count(UnsentAnswers.Account account) {
        answers = account;
    }

    /// Counts bytes of a complete answer that wait, or, below zero, that do not any more.
    void unsent(long more) {
        UnsentAnswers.Account account = answers;
        if (account != null && more != 0) {
            account.add(more);
        }
    }

    /// Counts bytes that were queued.
    void queued(int bytes) {
        if (pending.getAndAdd(bytes) == 0) {
            progressNanos = System.nanoTime();
        }
    }

    /// Counts bytes that were written to the socket or dropped.
    void sent(int bytes) {
        pending.addAndGet(-bytes);
        progressNanos = System.nanoTime();
    }

    /// The queued bytes.
    long pending() {
        return pending.get();
    }

    /// Whether bytes have been queued since before `nanos` without progress.
    boolean stalledSince(long nanos) {
        return pending.get() > 0 && progressNanos - nanos < 0;
    }
}
