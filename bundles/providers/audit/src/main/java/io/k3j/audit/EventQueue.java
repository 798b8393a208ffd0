package io.k3j.audit;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The mode `batch`: events wait here until one thread writes them, some at a time. What does not fit is lost at once:
/// no request waits. Any thread.
final class EventQueue {
    /// The most bytes that wait; events of all sizes are counted otherwise, and bodies are large.
    static final long MOST_BYTES = 64L << 20;
    /// How long its thread is waited for at the end, when nothing is taken any more.
    private static final long END_MILLIS = 300;
    private final Config config;
    private final Consumer<List<byte[]>> writer;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final SupervisedLoop loop;
    private long bytes;
    private boolean writing;
    private boolean closed;
    /// Whether nothing waits for others or for its turn any more.
    private boolean hurries;
    /// When the batch after the next is due, for throttling.
    private long due = Long.MIN_VALUE;

    /// @param bufferSize the most events that wait
    /// @param mostEvents of a batch
    /// @param mostWait for a batch to become full
    /// @param throttled whether batches are limited
    /// @param perSecond batches, in the long run
    /// @param burst batches at once, after a while without any
    record Config(int bufferSize, int mostEvents, Duration mostWait, boolean throttled, float perSecond, int burst) {
    }

    /// What became of an event.
    enum Offered {
        /// It waits.
        QUEUED,
        /// There is no room.
        FULL,
        /// Nothing is taken any more.
        CLOSED
    }

    /// @param writer of some events, blocks for the disk; called by one thread
    /// @param nanos a clock that only goes forward
    EventQueue(Config config, Consumer<List<byte[]>> writer, Health health, LongSupplier nanos) {
        this.config = config;
        this.writer = writer;
        this.nanos = nanos;
        this.loop = SupervisedLoop.virtual(health, "audit-queue", this::run);
    }

    EventQueue started() {
        loop.start();
        return this;
    }

    Offered offer(byte[] event) {
        lock.lock();
        try {
            if (closed) {
                return Offered.CLOSED;
            }
            if (waiting.size() >= config.bufferSize || bytes + event.length > MOST_BYTES) {
                return Offered.FULL;
            }
            waiting.add(event);
            bytes += event.length;
            changed.signal();
            return Offered.QUEUED;
        } finally {
            lock.unlock();
        }
    }

    private void run() throws InterruptedException {
        for (List<byte[]> batch = next(); !batch.isEmpty(); batch = next()) {
            writer.accept(batch);
        }
    }

    /// The next batch; empty when there will be none.
    private List<byte[]> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            writing = false;
            while (waiting.isEmpty() && !closed) {
                idle.signalAll();
                changed.await();
            }
            filled();
            throttle();
            List<byte[]> batch = new ArrayList<>();
            while (!waiting.isEmpty() && batch.size() < config.mostEvents) {
                byte[] event = waiting.remove();
                bytes -= event.length;
                batch.add(event);
            }
            writing = true;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void filled() throws InterruptedException {
        long left = config.mostWait.toNanos();
        while (waiting.size() < config.mostEvents && !hurries && left > 0) {
            left = changed.awaitNanos(left);
        }
    }

    private void throttle() throws InterruptedException {
        if (!config.throttled || waiting.isEmpty()) {
            return;
        }
        long each = (long) (Duration.ofSeconds(1).toNanos() / (double) config.perSecond);
        due = Math.max(due, nanos.getAsLong() - (config.burst - 1) * each);
        for (long left = due - nanos.getAsLong(); left > 0 && !hurries; left = due - nanos.getAsLong()) {
            changed.awaitNanos(left);
        }
        due += each;
    }

    /// Waits until nothing waits; takes on meanwhile, and lets nothing wait for others.
    void drain(Duration limit) {
        lock.lock();
        try {
            hurries = true;
            changed.signal();
            long left = limit.toNanos();
            while ((writing || !waiting.isEmpty()) && left > 0) {
                left = idle.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /// Takes nothing more and writes what waits, for a moment.
    /// @return how many events are lost with it
    int end() {
        lock.lock();
        try {
            closed = true;
            hurries = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            if (!loop.join(END_MILLIS)) {
                loop.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            loop.interrupt();
        }
        lock.lock();
        try {
            int lost = waiting.size();
            waiting.clear();
            return lost;
        } finally {
            lock.unlock();
        }
    }
}
