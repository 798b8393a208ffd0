package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The recent end of the log in memory, and the newest durable revision. Watches read from it and wait on it.
final class Tail {
    static final int MAX_CHANGES = 1 << 14;
    static final long MAX_BYTES = 16L << 20;
    private static final int CHANGE_COST = 160;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final @Nullable Change[] ring = new @Nullable Change[MAX_CHANGES];
    private long first;
    private long end;
    private long bytes;
    private long forgottenUpTo;
    private volatile long durable;

    Tail(long startRevision) {
        durable = startRevision;
        forgottenUpTo = startRevision;
    }

    /// The newest revision that is on stable storage.
    long durable() {
        return durable;
    }

    /// Adds what became durable, in revision order; `revision` is the newest one, which may lie above the last
    /// change's.
    void append(List<Change> changes, long revision) {
        lock.lock();
        try {
            for (Change change : changes) {
                add(change);
            }
            durable = revision;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets the past: watches that have not reached `revision` will not find their changes here.
    void forget(long revision) {
        lock.lock();
        try {
            Arrays.fill(ring, null);
            first = end;
            bytes = 0;
            forgottenUpTo = revision;
            durable = revision;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void add(Change change) {
        bytes += cost(change);
        ring[slot(end++)] = change;
        while (end - first >= MAX_CHANGES || bytes > MAX_BYTES && end - first > 1) {
            Change oldest = at(first);
            ring[slot(first++)] = null;
            bytes -= cost(oldest);
            forgottenUpTo = oldest.revision();
        }
    }

    /// Up to `max` changes after `revision`; null when some of them are no longer here.
    @Nullable
    Slice after(long revision, int max) {
        lock.lock();
        try {
            if (revision < forgottenUpTo) {
                return null;
            }
            long from = firstAfter(revision);
            long to = Math.min(end, from + max);
            List<Change> found = new ArrayList<>((int) (to - from));
            for (long i = from; i < to; i++) {
                found.add(at(i));
            }
            return new Slice(found, to == end ? Math.max(revision, durable) : found.getLast().revision());
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the newest revision is above `revision`; false when it is not after `nanos`, or at `stop`.
    boolean awaitAfter(long revision, long nanos, BooleanSupplier stop) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (durable <= revision && left > 0 && !stop.getAsBoolean()) {
                left = moved.awaitNanos(left);
            }
            return durable > revision;
        } finally {
            lock.unlock();
        }
    }

    /// Wakes everybody who waits, so that they look at their reason to stop.
    void wake() {
        lock.lock();
        try {
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long firstAfter(long revision) {
        long low = first;
        long high = end;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (at(middle).revision() > revision) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private Change at(long index) {
        Change change = ring[slot(index)];
        if (change == null) {
            throw new IllegalStateException("no change at " + index);
        }
        return change;
    }

    private static int slot(long index) {
        return (int) index & (MAX_CHANGES - 1);
    }

    private static int cost(Change change) {
        byte[] value = change.bytes();
        int before = change.before().isEmpty() ? 0 : change.before().get().value().length;
        return CHANGE_COST + before + (value == null ? 0 : value.length);
    }

    /// Changes, and the revision up to which they are complete.
    record Slice(List<Change> changes, long upTo) {
    }
}
