package io.k3j.watchcache;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/// Everything stored, in memory: the newest snapshot and the history that led to it. Changed by one feeder only, in
/// revision order; read by anybody without a lock.
///
/// ```
/// apply, apply, … ─► settle: snapshot, history, followers ─► publish: waiters and followers are woken
/// ```
///
/// Guarantees: (1) [#newest] never goes back and never shows half of a stretch. (2) A snapshot is visible before
/// any of its events is given to a follower, so that whoever joins and then reads the snapshot misses nothing. (3)
/// After [#acknowledged] a [#mostRecent] holds that write or fails: a client reads what it has written.
public final class EventLog {
    private static final long PATIENCE_MILLIS = 5_000;
    /// So long is waited at once; what is longer than two of these was a stop of the whole process.
    private static final long LOOK = TimeUnit.SECONDS.toNanos(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    /// Threads in [#atLeast], which look once more when they are woken.
    private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
    private final ObjLongConsumer<Object> park;
    private final LongSupplier nanos;
    /// The highest revision that a commit of this process was given, or was refused for.
    private final AtomicLong acknowledged = new AtomicLong();
    private final EventHistory history;
    private final Followers followers = new Followers();
    private final Stretch stretch = new Stretch();
    /// The revision of the last change taken, not below that of the snapshot.
    private long applied;
    private volatile Snapshot newest;
    private volatile Snapshot offered;
    /// Never taken back.
    private volatile boolean closed;

    /// All objects as they were right after a revision.
    ///
    /// @param tree by the store's keys
    /// @param revision the last one it holds
    public record Snapshot(SnapshotTree<Item> tree, long revision) {
    }

    /// Begins with a snapshot.
    ///
    /// @param tree everything as it was right after `revision`
    /// @param park as [LockSupport#parkNanos(Object, long)]
    /// @param nanos a monotonic clock
    EventLog(SnapshotTree<Item> tree, long revision, ObjLongConsumer<Object> park, LongSupplier nanos) {
        this.park = park;
        this.nanos = nanos;
        this.newest = new Snapshot(tree, revision);
        this.offered = newest;
        this.applied = revision;
        this.history = new EventHistory(tree, revision);
    }

    /// The newest snapshot. Does not wait: other servers may have written since (see [Fence]).
    public Snapshot newest() {
        return newest;
    }

    /// A snapshot whose events have all been given to their followers. A follower that compares with it has nothing
    /// of it still waiting for it.
    public Snapshot offered() {
        return offered;
    }

    /// From now on the follower is given its events. It leaves with [#leave]. Join first, read the snapshot then:
    /// the other way round steps in between would be missed.
    public void follow(Follower follower) {
        followers.join(follower);
    }

    /// No more events for this one; those it has been given stay with it.
    public void leave(Follower follower) {
        followers.leave(follower);
    }

    /// Adds one change. Feeder only. It is seen after [#settle] at the latest, and waited for until [#publish].
    /// A revision that the snapshot has is passed over, as is the deletion of a key that is not there. Several changes
    /// of one revision, as when a lease of etcd ends with all its keys, are seen at once.
    /// @param creation the key was absent before, which saves looking for it
    /// @param after the new version, null for a deletion
    /// @param revision not below that of any change before it
    void apply(String storeKey, long revision, boolean creation, @Nullable Item after) {
        if (revision <= newest.revision()) {
            return;
        }
        if (revision > applied && stretch.full()) {
            settle();
        }
        Item before = creation ? null : stretch.current(storeKey, newest.tree());
        if (before == null && after == null) {
            return;
        }
        applied = revision;
        stretch.add(new Event(revision, before, after instanceof Unreadable row ? row.after(before) : after));
    }

    /// Moves the snapshot on to what has been applied. Feeder only, and never between two changes of one revision. Does
    /// nothing when nothing has been applied since.
    void settle() {
        if (stretch.isEmpty()) {
            return;
        }
        Snapshot now = new Snapshot(stretch.moved(newest.tree()), applied);
        history.add(stretch.events(), now.tree());
        // before anybody is given an event: who joins in between finds it in the snapshot
        newest = now;
        stretch.events().forEach(followers::offer);
        offered = now;
        begin(now.revision());
    }

    /// Lets go what was applied and is not in the snapshot, since its last revision may have come in part, and answers
    /// the revision after which the datastore has to tell its changes again, to a watch that begins anew. Feeder only.
    long resume() {
        begin(newest.revision());
        return newest.revision();
    }

    /// An empty stretch, behind a revision.
    private void begin(long revision) {
        stretch.clear();
        applied = revision;
    }

    /// Begins again from a snapshot, because steps in between cannot be known. Feeder only. Watches end and resume,
    /// views tell the difference. Anyone who waits is woken. Revisions never go back: `revision` is not below the
    /// newest.
    void replace(SnapshotTree<Item> tree, long revision) {
        begin(revision);
        history.reset(tree, revision);
        newest = new Snapshot(tree, revision);
        followers.lose();
        offered = newest;
        publish(revision);
    }

    /// Rows that could not be read before and can be now take the place of what stood for them, without a revision of
    /// their own; anyone who follows them compares. Feeder only.
    void reread(Map<String, Item> items) {
        settle();
        SnapshotTree<Item> tree = newest.tree().with(items);
        history.amend(tree);
        newest = new Snapshot(tree, newest.revision());
        offered = newest;
        items.keySet().forEach(followers::lose);
        nudge();
    }

    /// Says that everything up to a revision has been applied, also when it changed nothing below the prefix: the
    /// snapshot stands at that revision then, which bookmarks tell to clients. Feeder only.
    void publish(long revision) {
        settle();
        if (revision > newest.revision()) {
            newest = new Snapshot(newest.tree(), revision);
            applied = revision;
        }
        followers.ring();
        nudge();
    }

    /// Wakes anyone who waits for a revision, to look again.
    public void nudge() {
        lock.lock();
        try {
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        waiting.forEach(LockSupport::unpark);
    }

    /// A commit of ours was acknowledged, or refused because of that revision: anyone who asks for the most recent
    /// state must see it. Called before the client gets its answer.
    public void acknowledged(long revision) {
        acknowledged.accumulateAndGet(revision, Math::max);
    }

    /// The newest snapshot that holds every commit acknowledged so far; waits for it up to five seconds. What other
    /// servers have written is not waited for; [Fence] does that.
    /// @throws ApiFault 504 when the log does not come that far: an older snapshot is no answer
    public Snapshot mostRecent() {
        long wanted = acknowledged.get();
        Snapshot now = atLeast(wanted, PATIENCE_MILLIS);
        if (now.revision() < wanted) {
            throw behind(wanted, now.revision());
        }
        return now;
    }

    /// 504 for a read that would have to tell of a revision which has not come yet. Upstream answers a
    /// resourceVersion that is not reached in time in the same way ("Too large resource version").
    static ApiFault behind(long wanted, long revision) {
        return new ApiFault(504, "Timeout", "Timeout: this server has seen the datastore up to revision " + revision
                + " only, and revision " + wanted + " has been acknowledged", Struct.of("retryAfterSeconds", 1));
    }

    /// The newest snapshot, waiting until it stands at `revision` at least; after the given time, when the thread
    /// is interrupted (the flag stays set) or the log is closed it is returned as it is: the caller compares.
    public Snapshot atLeast(long revision, long waitMillis) {
        if (newest.revision() >= revision) {
            return newest;
        }
        long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
        Thread waiter = Thread.currentThread();
        waiting.add(waiter);
        try {
            while (newest.revision() < revision && left > 0 && !closed && !waiter.isInterrupted()) {
                long since = nanos.getAsLong();
                park.accept(this, Math.min(left, LOOK));
                left -= Math.min(nanos.getAsLong() - since, 2 * LOOK);
            }
        } finally {
            waiting.remove(waiter);
        }
        return newest;
    }

    /// Waits until something above `revision` has been published, `also` holds, the time is over or the log is
    /// closed.
    ///
    /// @param also asked under the lock after each [#nudge]; must not block
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

    /// The snapshot right after a past revision, null when history does not reach back so far: a list with
    /// `resourceVersionMatch=Exact` or a continue token gets 410 then. Of the newest revision it is that of [#newest].
    @Nullable
    public SnapshotTree<Item> treeAt(long revision) {
        Snapshot now = newest;
        return now.revision() == revision && reaches(revision) ? now.tree() : history.treeAt(revision);
    }

    /// Events after a revision, oldest first, at most `max` and those that share the revision of the last; null when
    /// some are gone from memory.
    @Nullable
    public List<Event> after(long revision, int max) {
        return history.after(revision, max);
    }

    /// Forgets history up to a revision: the datastore has, too. An old revision is refused from then on, even
    /// where memory still had the events.
    public void forget(long revision) {
        history.forget(revision);
    }

    /// Whether every event after a revision is still in memory; if not, a watch from there is answered with 410
    /// Gone.
    public boolean reaches(long revision) {
        return revision >= history.since();
    }

    /// Whether the log is still being followed. One that is not goes on answering reads with what it has.
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
