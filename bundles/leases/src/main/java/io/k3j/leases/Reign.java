package io.k3j.leases;

import io.k3j.clientapi.Term;
import io.k3j.model.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One time as leader, from the lease taken until it is lost or given up. Any thread.
final class Reign implements Term {
    private final Key lease;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long revision;
    private Instant until;
    private boolean over;

    /// Begins with the lease at a revision, believed in until a moment of the clock.
    Reign(Key lease, InstantSource clock, long revision, Instant until) {
        this.lease = lease;
        this.clock = clock;
        this.revision = revision;
        this.until = until;
    }

    @Override
    public Key lease() {
        return lease;
    }

    @Override
    public long revision() {
        lock.lock();
        try {
            return over || !clock.instant().isBefore(until) ? 0 : revision;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long after(long known, Duration atMost) {
        long left = atMost.toNanos();
        lock.lock();
        try {
            while (revision == known && !over && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return revision();
    }

    /// The lease has been renewed.
    void renewed(long at, Instant next) {
        lock.lock();
        try {
            revision = at;
            until = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Whether it has been ended.
    boolean over() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /// Over, for good.
    void end() {
        lock.lock();
        try {
            over = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until it is over or its deadline has passed.
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = left();
            while (!over && left > 0) {
                changed.awaitNanos(left);
                left = left();
            }
        } finally {
            lock.unlock();
        }
    }

    private long left() {
        return Duration.between(clock.instant(), until).toNanos();
    }
}
