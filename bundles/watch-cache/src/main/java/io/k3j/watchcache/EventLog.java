package io.k3j.watchcache;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Everything stored, in memory: the newest picture and the history that led to it. Changed by one
/// feeder only, in revision order; read by anybody without a lock.
public final class EventLog {
    /// How many changes move the picture on at once.
    private static final int STRETCH = 64;
    private static final long STRETCH_BYTES = 1 << 20;
    private static final long PATIENCE_MILLIS = 5_000;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final AtomicLong acknowledged = new AtomicLong();
    private final History history;
    private final Followers followers = new Followers();
    private final List<Event> stretch = new ArrayList<>(STRETCH);
    private final SortedMap<String, @Nullable Item> changes = new TreeMap<>();
    private long weight;
    private long applied;
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
        this.applied = revision;
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

    /// Adds one change. Feeder only. It is seen after [#settle] at the latest, and waited for until [#publish].
    /// @param creation the key was absent before, which saves looking for it
    /// @param after the new version, null for a deletion
    void apply(String storeKey, long revision, boolean creation, @Nullable Item after) {
        Item before = creation ? null : current(storeKey);
        if (revision <= applied || before == null && after == null) {
            return;
        }
        applied = revision;
        @Nullable
        Item kept = after instanceof Unreadable row ? row.after(before) : after;
        Event event = new Event(revision, before, kept);
        stretch.add(event);
        changes.put(storeKey, kept);
        weight += event.weight();
        if (stretch.size() == STRETCH || weight > STRETCH_BYTES) {
            settle();
        }
    }

    private @Nullable Item current(String storeKey) {
        Item changed = changes.get(storeKey);
        return changed != null || changes.containsKey(storeKey) ? changed : newest.tree().get(storeKey);
    }

    /// Moves the picture on to what has been applied. Feeder only.
    void settle() {
        if (stretch.isEmpty()) {
            return;
        }
        Snapshot now = new Snapshot(newest.tree().with(changes), applied);
        history.add(stretch, now.tree());
        // before anybody is given an event: who joins in between finds it in the picture
        newest = now;
        stretch.forEach(followers::offer);
        offered = now;
        begin(now.revision());
    }

    private void begin(long revision) {
        stretch.clear();
        changes.clear();
        weight = 0;
        applied = revision;
    }

    /// Begins anew from a picture, because steps in between cannot be known. Feeder only. Watches end and
    /// resume, views tell the difference.
    void replace(SnapshotTree<Item> tree, long revision) {
        begin(revision);
        history.reset(tree, revision);
        newest = new Snapshot(tree, revision);
        followers.lose();
        offered = newest;
        publish(revision);
    }

    /// Rows that could not be read before and can be now take the place of what stood for them, without a revision of
    /// their own; whoever follows them compares. Feeder only.
    void reread(SortedMap<String, Item> items) {
        settle();
        SnapshotTree<Item> tree = newest.tree().with(items);
        history.amend(tree);
        newest = new Snapshot(tree, newest.revision());
        offered = newest;
        items.keySet().forEach(followers::lose);
        nudge();
    }

    /// Says that everything up to a revision has been applied. Feeder only.
    void publish(long revision) {
        settle();
        if (revision > newest.revision()) {
            newest = new Snapshot(newest.tree(), revision);
            applied = revision;
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

    /// The newest picture that holds every commit acknowledged so far; waits for it up to five seconds.
    /// @throws ApiFault 504 when the log does not come that far: an older picture is no answer
    public Snapshot mostRecent() {
        long wanted = acknowledged.get();
        Snapshot now = atLeast(wanted, PATIENCE_MILLIS);
        if (now.revision() < wanted) {
            throw behind(wanted, now.revision());
        }
        return now;
    }

    /// 504 for a read that would have to tell of a revision which has not come yet.
    static ApiFault behind(long wanted, long revision) {
        return new ApiFault(504, "Timeout", "Timeout: this server has seen the datastore up to revision " + revision
                + " only, and revision " + wanted + " has been acknowledged", Struct.of("retryAfterSeconds", 1));
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
