package io.k3j.logtail;

import io.k3j.datastoreapi.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The recent end of a log in memory. One thread adds to it; watches read from it and wait on it. Any thread may ask;
/// only [#awaitAfter] blocks. A log that can go back, as a cluster does that is restored under its clients, says so by
/// [#rewind].
///
/// Three revisions tell what is here: changes after [#forgottenUpTo] and up to [#upTo] are in memory, without a gap;
/// what lies before is in the log itself; what lies after, up to [#known], exists and is on its way.
public final class LogTail {
    /// More changes are forgotten, the oldest first.
    static final int MAX_CHANGES = 1 << 14;
    /// The same for bytes of values, old and new.
    static final long MAX_BYTES = 16L << 20;
    /// Bytes that a change without values is taken for: its key, its objects and its slot.
    private static final int CHANGE_COST = 160;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    /// The change with the number `n` is in the slot `n` modulo the length, which is a power of two. Numbers count from
    /// the start of this object and never go back; they are not revisions, of which one may have several changes.
    private final @Nullable Change[] ring = new @Nullable Change[MAX_CHANGES];
    private long first;
    private long end;
    /// The cost of what is in the ring, as [#cost] counts it.
    private long bytes;
    private long forgottenUpTo;
    private long known;
    /// Written under the lock; volatile, so that [#upTo] is asked without it.
    private volatile long upTo;
    private volatile int rewinds;
    /// The newest revision that anybody was told of before the log went back.
    private long rewoundFrom;

    /// Empty; the log goes on after `startRevision`, which counts as added and forgotten.
    public LogTail(long startRevision) {
        upTo = startRevision;
        known = startRevision;
        forgottenUpTo = startRevision;
    }

    /// Everything up to this revision has been added. Only [#rewind] takes it back.
    public long upTo() {
        return upTo;
    }

    /// Changes up to this revision are not here any more; who needs them reads the log.
    public long forgottenUpTo() {
        lock.lock();
        try {
            return forgottenUpTo;
        } finally {
            lock.unlock();
        }
    }

    /// An answer of the log named this revision, so it exists, although its changes may not have come yet. Whoever has
    /// written something expects a watch to get there.
    public void seen(long revision) {
        lock.lock();
        try {
            known = Math.max(known, revision);
        } finally {
            lock.unlock();
        }
    }

    /// The newest revision that any answer has named.
    public long known() {
        lock.lock();
        try {
            return Math.max(known, upTo);
        } finally {
            lock.unlock();
        }
    }

    /// Adds changes in revision order, complete up to `revision`, and wakes who waits. What is here already is left
    /// out, so a feed may begin a little before where it broke off.
    ///
    /// @param changes after `upTo`, ascending, no revision only in part
    /// @param revision at least that of the last change; without changes it is progress alone
    public void append(List<Change> changes, long revision) {
        lock.lock();
        try {
            long before = upTo;
            for (Change change : changes) {
                if (change.revision() > before) {
                    add(change);
                }
            }
            upTo = Math.max(before, revision);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Forgets everything and goes on after `revision`: what lies between is not to be had, or only in the log itself.
    /// Watches before it read the log, or find out there that they are compacted. Never goes back: see [#rewind].
    public void restart(long revision) {
        lock.lock();
        try {
            drop();
            forgottenUpTo = Math.max(upTo, revision);
            upTo = forgottenUpTo;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The log has gone back: what was known above `revision` is no more, and what is here may be another story. Every
    /// watch that began before ends with `Compacted`, so its client lists anew.
    public void rewind(long revision) {
        lock.lock();
        try {
            drop();
            rewoundFrom = Math.max(rewoundFrom, Math.max(known, upTo));
            forgottenUpTo = revision;
            known = revision;
            upTo = revision;
            rewinds++;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// How often the log has gone back; a watch compares it with the number at which it began.
    public int rewinds() {
        return rewinds;
    }

    /// Whether a position that has not been reached is one of the time before the log went back: then it will be
    /// reached, but by other changes, and a watch from there must be refused.
    public boolean outdated(long revision) {
        lock.lock();
        try {
            return revision > Math.max(known, upTo) && revision <= rewoundFrom;
        } finally {
            lock.unlock();
        }
    }

    /// Slots are emptied, or the ring would keep values alive that nobody can reach.
    private void drop() {
        while (first < end) {
            ring[slot(first++)] = null;
        }
        bytes = 0;
    }

    /// One slot stays free. The newest change stays even when it alone is beyond the bound. A revision may be half
    /// forgotten for a moment: [#forgottenUpTo] then names it, so nobody reads its other half.
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

    /// The changes that follow a position, at most as many as a batch should have; never part of a revision.
    ///
    /// @param revision the position: the last revision that the reader has
    /// @param max about how many; more when the last revision has more
    /// @return null when some are no longer here, else a slice that may be empty, whose end is the reader's next
    ///     position
    @Nullable
    public Slice after(long revision, int max) {
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
            return new Slice(found, i == end ? Math.max(revision, upTo) : found.getLast().revision());
        } finally {
            lock.unlock();
        }
    }

    /// Blocks until more than `revision` has been added.
    ///
    /// @param nanos how long at most; 0 or less does not wait
    /// @param stop asked whenever something was added or [#wake] was called; must not block, since the lock is held
    /// @return false when it has not, after `nanos` or at `stop`
    /// @throws InterruptedException when the waiter is to end
    public boolean awaitAfter(long revision, long nanos, BooleanSupplier stop) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (upTo <= revision && left > 0 && !stop.getAsBoolean()) {
                left = moved.awaitNanos(left);
            }
            return upTo > revision;
        } finally {
            lock.unlock();
        }
    }

    /// Wakes everybody who waits, so that they look at their reason to stop. Their reason has to be visible before this
    /// is called.
    public void wake() {
        lock.lock();
        try {
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// By halves: the ring is in revision order.
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

    /// Right also when the number no longer fits an `int`: only its low bits count.
    private static int slot(long index) {
        return (int) index & (MAX_CHANGES - 1);
    }

    /// The value before is counted too: it is kept for watches that filter, and often larger than all else.
    private static int cost(Change change) {
        byte[] value = change.bytes();
        int before = change.before().isEmpty() ? 0 : change.before().get().value().length;
        return CHANGE_COST + before + (value == null ? 0 : value.length);
    }

    /// Changes, and the revision up to which they are complete: a reader goes on there, whether or not a change was for
    /// it.
    ///
    /// @param changes in revision order; a list of the reader's own
    /// @param upTo at least the revision of the last change
    public record Slice(List<Change> changes, long upTo) {
        /// The changes of keys that begin with a prefix, in order.
        public List<Change> of(String prefix) {
            List<Change> found = new ArrayList<>(changes.size());
            for (Change change : changes) {
                if (change.key().startsWith(prefix)) {
                    found.add(change);
                }
            }
            return found;
        }
    }
}
