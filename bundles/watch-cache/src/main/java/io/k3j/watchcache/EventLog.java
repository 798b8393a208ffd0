package io.k3j.watchcache;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Everything stored, in memory: the newest picture and the history that led to it. Changed by one
/// feeder only, in revision order; read by anybody without a lock.
public final class EventLog {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final AtomicLong acknowledged = new AtomicLong();
    private final History history;
    private final Followers followers = new Followers();
    private volatile Snapshot newest;
    private volatile Snapshot offered;
    private volatile boolean closed;

    /// All objects as they were right after a revision.
    ///
    /// @param tree by the store's keys
    /// @param revision the last one it holds
    public record Snapshot(SnapshotTree<Item> tree, long revision) {
    }

    /// Begins with a picture.
    EventLog(SnapshotTree<Item> tree, long revision) {
        this.newest = new Snapshot(tree, revision);
        this.offered = newest;
        this.history = new History(tree, revision);
    }

    /// The newest picture.
    public Snapshot newest() {
        return newest;
    }

    /// A picture whose events have all been given to their followers.
    public Snapshot offered() {
        return offered;
    }

    /// From now on the follower is given its events. It leaves with [#leave].
    public void follow(Follower follower) {
        followers.join(follower);
    }

    /// No more events for this one.
    public void leave(Follower follower) {
        followers.leave(follower);
    }

    /// Adds one change. Feeder only. The picture moves on with [#publish].
    /// @param creation the key was absent before, which saves looking for it
    /// @param after the new version, null for a deletion
    void apply(String storeKey, long revision, boolean creation, @Nullable Item after) {
        SnapshotTree<Item> old = newest.tree();
        Item before = creation ? null : old.get(storeKey);
        if (revision <= newest.revision() || before == null && after == null) {
            return;
        }
        SnapshotTree<Item> tree = after == null ? old.without(storeKey) : old.with(storeKey, after);
        Event event = new Event(revision, before, after, tree);
        history.add(event);
        Snapshot now = new Snapshot(tree, revision);
        newest = now;
        followers.offer(event);
        offered = now;
    }

    /// Begins anew from a picture, because steps in between cannot be known. Feeder only. Watches end and
    /// resume, views tell the difference.
    void replace(SnapshotTree<Item> tree, long revision) {
        history.reset(tree, revision);
        newest = new Snapshot(tree, revision);
        followers.lose();
        offered = newest;
        publish(revision);
    }

    /// Says that everything up to a revision has been applied. Feeder only.
    void publish(long revision) {
        if (revision > newest.revision()) {
            newest = new Snapshot(newest.tree(), revision);
        }
        followers.ring();
        nudge();
    }

    /// Wakes whoever waits for a revision, to look again.
    public void nudge() {
        lock.lock();
        try {
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// A commit of ours was acknowledged: whoever asks for the most recent state must see it.
    public void acknowledged(long revision) {
        acknowledged.accumulateAndGet(revision, Math::max);
    }

    /// The newest picture that holds every commit acknowledged so far; waits for it.
    public Snapshot mostRecent() {
        long wanted = acknowledged.get();
        Snapshot now = newest;
        return now.revision() >= wanted ? now : atLeast(wanted, 5_000);
    }

    /// The newest picture, waiting until it stands at `revision` at least; after the given time it is
    /// returned as it is.
    public Snapshot atLeast(long revision, long waitMillis) {
        if (newest.revision() >= revision) {
            return newest;
        }
        long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        lock.lock();
        try {
            while (newest.revision() < revision && left > 0 && !closed) {
                left = moved.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return newest;
    }

    /// Waits until something above `revision` has been published, `also` holds, or the time is over.
    public void await(long revision, BooleanSupplier also, long waitMillis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        lock.lock();
        try {
            while (newest.revision() <= revision && !also.getAsBoolean() && left > 0 && !closed) {
                left = moved.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// The picture right after a past revision, null when history does not reach back so far.
    @Nullable
    public SnapshotTree<Item> treeAt(long revision) {
        return history.treeAt(revision);
    }

    /// Events after a revision, at most `max`; null when some are gone from memory.
    @Nullable
    public List<Event> after(long revision, int max) {
        return history.after(revision, max);
    }

    /// Forgets history up to a revision: the datastore has, too.
    public void forget(long revision) {
        history.forget(revision);
    }

    /// Whether every event after a revision is still in memory.
    public boolean reaches(long revision) {
        return revision >= history.since();
    }

    /// Whether the log is still being followed.
    public boolean open() {
        return !closed;
    }

    /// Wakes everybody who waits, for good.
    public void close() {
        closed = true;
        followers.end();
        nudge();
    }
}
