package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The recent end of the log in memory, as far as the feed has told it. Watches read from it and wait on it.
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
    private long known;
    private volatile long told;
    private volatile int rewinds;
    private long rewoundFrom;

    Tail(long startRevision) {
        told = startRevision;
        known = startRevision;
        forgottenUpTo = startRevision;
    }

    /// Everything up to this revision has been told by the feed.
    long told() {
        return told;
    }

    /// Changes up to this revision are not here any more.
    long forgottenUpTo() {
        lock.lock();
        try {
            return forgottenUpTo;
        } finally {
            lock.unlock();
        }
    }

    /// Some answer of etcd named this revision, so it exists.
    void seen(long revision) {
        lock.lock();
        try {
            known = Math.max(known, revision);
        } finally {
            lock.unlock();
        }
    }

    /// The newest revision that any answer has named.
    long known() {
        lock.lock();
        try {
            return Math.max(known, told);
        } finally {
            lock.unlock();
        }
    }

    /// Adds changes in revision order, complete up to `revision`. What is here already is left out.
    void append(List<Change> changes, long revision) {
        lock.lock();
        try {
            long before = told;
            for (Change change : changes) {
                if (change.revision() > before) {
                    add(change);
                }
            }
            told = Math.max(before, revision);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets everything and goes on after `revision`: what lies between has been compacted.
    void restart(long revision) {
        lock.lock();
        try {
            drop();
            forgottenUpTo = Math.max(told, revision);
            told = forgottenUpTo;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The store has gone back: what was known above `revision` is no more, and what is here may be another story.
    void rewind(long revision) {
        lock.lock();
        try {
            drop();
            rewoundFrom = Math.max(rewoundFrom, Math.max(known, told));
            forgottenUpTo = revision;
            known = revision;
            told = revision;
            rewinds++;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// How often the store has gone back.
    int rewinds() {
        return rewinds;
    }

    /// Whether a position that has not been reached is one of the time before the store went back.
    boolean outdated(long revision) {
        lock.lock();
        try {
            return revision > Math.max(known, told) && revision <= rewoundFrom;
        } finally {
            lock.unlock();
        }
    }

    private void drop() {
        while (first < end) {
            ring[slot(first++)] = null;
        }
        bytes = 0;
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

    /// About `max` changes after `revision`, never part of a revision; null when some are no longer here.
    @Nullable
    Slice after(long revision, int max) {
        lock.lock();
        try {
            if (revision < forgottenUpTo) {
                return null;
            }
            List<Change> found = new ArrayList<>();
            long i = firstAfter(revision);
            while (i < end && (found.size() < max || found.getLast().revision() == at(i).revision())) {
                found.add(at(i++));
            }
            return new Slice(found, i == end ? Math.max(revision, told) : found.getLast().revision());
        } finally {
            lock.unlock();
        }
    }

    /// Waits until more than `revision` has been told; false when it has not after `nanos`, or at `stop`.
    boolean awaitAfter(long revision, long nanos, BooleanSupplier stop) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (told <= revision && left > 0 && !stop.getAsBoolean()) {
                left = moved.awaitNanos(left);
            }
            return told > revision;
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
