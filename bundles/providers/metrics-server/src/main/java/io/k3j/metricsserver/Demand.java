package io.k3j.metricsserver;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Who has asked for figures, and who waits for them. Any thread.
final class Demand {
    /// How long after a question nodes are asked on: longer than any autoscaler's period.
    static final Duration MEMORY = Duration.ofMinutes(10);
    /// How long a question waits for the first figures: two rounds, and a third where a node's figures are renewed
    /// every ten seconds only.
    static final Duration PATIENCE = Duration.ofSeconds(15);
    /// Questions that wait; more are told at once that there is nothing yet. Each holds one of the API server's seats.
    static final int WAITING = 16;
    private final long memoryNanos;
    private final long patienceNanos;
    private final LongSupplier nanos;
    private final Semaphore room = new Semaphore(WAITING);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rounds = lock.newCondition();
    private volatile long until;

    /// Nobody has asked yet.
    ///
    /// @param nanos a clock that never goes back
    Demand(Duration memory, Duration patience, LongSupplier nanos) {
        memoryNanos = memory.toNanos();
        patienceNanos = patience.toNanos();
        this.nanos = nanos;
        until = nanos.getAsLong();
    }

    /// Somebody asks.
    void asked() {
        until = nanos.getAsLong() + memoryNanos;
    }

    /// Whether somebody has asked lately.
    boolean recent() {
        return until - nanos.getAsLong() > 0;
    }

    /// Waits until there are figures, as long as there is patience and room.
    ///
    /// @param there whether there are
    void await(BooleanSupplier there) {
        if (there.getAsBoolean() || !room.tryAcquire()) {
            return;
        }
        lock.lock();
        try {
            long left = patienceNanos;
            while (left > 0 && !there.getAsBoolean()) {
                left = rounds.awaitNanos(left);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
            room.release();
        }
    }

    /// What is waited for may be there now.
    void changed() {
        lock.lock();
        try {
            rounds.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
