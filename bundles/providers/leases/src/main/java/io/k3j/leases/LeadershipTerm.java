package io.k3j.leases;

import io.k3j.clientapi.Term;
import io.k3j.model.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One term as leader: from acquiring the Lease to losing or releasing it. Thread-safe.
final class LeadershipTerm implements Term {
    private final Key lease;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long revision;
    private Instant until;
    private boolean ended;

    /// @param revision the Lease's revision
    /// @param until the end of the term unless the Lease is renewed
    LeadershipTerm(Key lease, InstantSource clock, long revision, Instant until) {
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
            return ended || !clock.instant().isBefore(until) ? 0 : revision;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long after(long known, Duration atMost) {
        long remaining = atMost.toNanos();
        lock.lock();
        try {
            while (revision == known && !ended && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return revision();
    }

    /// Records a renewal of the Lease.
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

    /// Whether the term was ended.
    boolean ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the term for good.
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Blocks until the term was ended or its deadline has passed.
    void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long remaining = remaining();
            while (!ended && remaining > 0) {
                changed.awaitNanos(remaining);
                remaining = remaining();
            }
        } finally {
            lock.unlock();
        }
    }

    private long remaining() {
        return Duration.between(clock.instant(), until).toNanos();
    }
}
