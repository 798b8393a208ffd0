package io.k3j.audit;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// The mode `batch`: events wait here until a thread writes them, some at a time. What does not fit is lost at once:
/// no request waits. Where several threads write, one of them gathers the next batch. Any thread.
final class EventQueue {
    /// The most bytes that wait or are being written; events of all sizes are counted otherwise, and bodies are large.
    static final long MOST_BYTES = 64L << 20;
    /// How long what waits is written at the end, in the product.
    static final Duration END = Duration.ofMillis(300);
    private final Config config;
    private final Lanes lanes;
    private final Consumer<List<byte[]>> writer;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition turn = lock.newCondition();
    private final Condition idle = lock.newCondition();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private final List<SupervisedLoop> loops = new ArrayList<>();
    /// Of what waits, and of what is being written.
    private long bytes;
    private long bytesUnderWay;
    private int batchesUnderWay;
    private boolean gathering;
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

    /// How batches are written.
    /// @param thread what their threads are named
    /// @param atOnce how many batches are written at once
    /// @param mostBytes of a batch, unless it is one event
    /// @param end how long what waits is written at the end, when nothing is taken any more
    record Lanes(String thread, int atOnce, long mostBytes, Duration end) {
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

    /// @param writer of some events, blocks; called by the threads of this
    /// @param nanos a clock that only goes forward
    EventQueue(Config config, Lanes lanes, Consumer<List<byte[]>> writer, Health health, LongSupplier nanos) {
        this.config = config;
        this.lanes = lanes;
        this.writer = writer;
        this.nanos = nanos;
        for (int i = 0; i < lanes.atOnce; i++) {
            loops.add(SupervisedLoop.virtual(health, i == 0 ? lanes.thread : lanes.thread + "-" + i, this::run));
        }
    }

    EventQueue started() {
        loops.forEach(SupervisedLoop::start);
        return this;
    }

    Offered offer(byte[] event) {
        lock.lock();
        try {
            if (closed) {
                return Offered.CLOSED;
            }
            if (waiting.size() >= config.bufferSize || bytes + bytesUnderWay + event.length > MOST_BYTES) {
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
            try {
                writer.accept(batch);
            } finally {
                written(batch);
            }
        }
    }

    private void written(List<byte[]> batch) {
        lock.lock();
        try {
            bytesUnderWay -= size(batch);
            batchesUnderWay--;
            if (idle()) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private static long size(List<byte[]> batch) {
        return batch.stream().mapToLong(event -> event.length).sum();
    }

    private boolean idle() {
        return batchesUnderWay == 0 && waiting.isEmpty();
    }

    /// The next batch; empty when there will be none.
    private List<byte[]> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (gathering) {
                turn.await();
            }
            gathering = true;
            try {
                return gathered();
            } finally {
                gathering = false;
                turn.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    private List<byte[]> gathered() throws InterruptedException {
        while (waiting.isEmpty() && !closed) {
            changed.await();
        }
        filled();
        throttle();
        List<byte[]> batch = new ArrayList<>();
        long taken = 0;
        while (!waiting.isEmpty() && batch.size() < config.mostEvents
                && (batch.isEmpty() || taken + waiting.element().length <= lanes.mostBytes)) {
            byte[] event = waiting.remove();
            taken += event.length;
            batch.add(event);
        }
        bytes -= taken;
        bytesUnderWay += taken;
        batchesUnderWay += batch.isEmpty() ? 0 : 1;
        return batch;
    }

    private void filled() throws InterruptedException {
        long left = config.mostWait.toNanos();
        while (waiting.size() < config.mostEvents && bytes < lanes.mostBytes && !hurries && left > 0) {
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

    /// Lets nothing wait for others or for its turn any more; takes on.
    void hurry() {
        lock.lock();
        try {
            hurries = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// The same, and waits until nothing waits.
    void drain(Duration limit) {
        hurry();
        lock.lock();
        try {
            long left = limit.toNanos();
            while (!idle() && left > 0) {
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
        join();
        lock.lock();
        try {
            int lost = waiting.size();
            waiting.clear();
            return lost;
        } finally {
            lock.unlock();
        }
    }

    private void join() {
        long end = System.nanoTime() + lanes.end.toNanos();
        for (SupervisedLoop loop : loops) {
            try {
                if (!loop.join(Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())))) {
                    loop.interrupt();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                loop.interrupt();
            }
        }
    }
}
