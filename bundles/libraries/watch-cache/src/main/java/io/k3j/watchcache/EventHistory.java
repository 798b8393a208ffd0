package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The latest events, oldest first, bounded by bytes and count: what watches resume from (upstream's cyclic buffer
/// of the watch cache) and what answers reads at an exact past revision (KEP-4988, snapshots of the watch cache).
///
/// A snapshot is kept after the last event of each batch that was added at once; the others are made of the one
/// before when somebody asks. Invariant: `base` and the kept events together give every state since `baseRevision`.
/// Guarded by itself; each call is short, the longest replays one batch.
final class EventHistory {
    /// What the kept events may weigh, by [Event#weight].
    static final long MAX_BYTES = 64L << 20;
    /// How many events are kept at most; a power of two, so that a position becomes an index by a mask.
    static final int MAX_EVENTS = 1 << 16;

    private final @Nullable Event[] ring = new Event[MAX_EVENTS];
    /// At the place of an event: the snapshot right after it, null inside of a batch.
    private final @Nullable SnapshotTree<Item>[] pictures = pictures();
    /// Positions count on for ever; the oldest kept event is at `first`, the next one goes to `next`.
    private long first;
    private long next;
    private long bytes;
    private long baseRevision;
    /// The snapshot right before the event at `first`.
    private SnapshotTree<Item> base;

    /// Begins with the snapshot at a revision, without events.
    EventHistory(SnapshotTree<Item> base, long baseRevision) {
        this.base = base;
        this.baseRevision = baseRevision;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable SnapshotTree<Item>[] pictures() {
        return (SnapshotTree<Item>[]) new SnapshotTree<?>[MAX_EVENTS];
    }

    /// Begins again from a snapshot: everything before it is gone, and watches that would resume there get 410.
    synchronized void reset(SnapshotTree<Item> tree, long revision) {
        Arrays.fill(ring, null);
        Arrays.fill(pictures, null);
        first = next;
        bytes = 0;
        base = tree;
        baseRevision = revision;
    }

    /// Adds the newest events with the snapshot right after the last of them; drops old ones beyond the bounds.
    ///
    /// @param stretch at least one event, in the order of their revisions, all above those that are kept
    synchronized void add(List<Event> stretch, SnapshotTree<Item> picture) {
        for (Event event : stretch) {
            if (next - first == MAX_EVENTS) {
                drop();
            }
            ring[index(next++)] = event;
            bytes += event.weight();
        }
        pictures[index(next - 1)] = picture;
        while (bytes > MAX_BYTES) {
            drop();
        }
    }

    /// The newest snapshot is this one from now on: rows in it have become readable, without a step of the log.
    synchronized void amend(SnapshotTree<Item> picture) {
        if (next == first) {
            base = picture;
        } else {
            pictures[index(next - 1)] = picture;
        }
    }

    /// Drops the oldest batch as a whole, since a snapshot is kept only at its end.
    private void drop() {
        SnapshotTree<Item> picture = null;
        while (picture == null) {
            Event old = at(first);
            int index = index(first++);
            picture = pictures[index];
            ring[index] = null;
            pictures[index] = null;
            bytes -= old.weight();
            baseRevision = Math.max(baseRevision, old.revision());
        }
        base = picture;
    }

    /// Drops the batches up to a revision; the snapshot right after it stays. Of a batch that lies across it the
    /// events stay in memory, and are refused all the same.
    synchronized void forget(long revision) {
        while (first < next && endOfFirst() <= revision) {
            drop();
        }
        baseRevision = Math.max(baseRevision, revision);
    }

    private long endOfFirst() {
        long i = first;
        while (pictures[index(i)] == null) {
            i++;
        }
        return at(i).revision();
    }

    /// The revision after which every event is kept; a read at exactly this revision still has its snapshot.
    synchronized long since() {
        return baseRevision;
    }

    /// Up to `max` events after a revision, oldest first; none when there are no newer ones, null when some of them
    /// are gone.
    synchronized @Nullable List<Event> after(long revision, int max) {
        if (revision < baseRevision) {
            return null;
        }
        long begin = firstAfter(revision);
        return between(begin, Math.min(next, begin + max));
    }

    /// The snapshot right after a revision; null when it is gone. A revision above the newest event gives the
    /// newest snapshot.
    synchronized @Nullable SnapshotTree<Item> treeAt(long revision) {
        if (revision < baseRevision) {
            return null;
        }
        long end = firstAfter(revision);
        long begin = end;
        while (begin > first && pictures[index(begin - 1)] == null) {
            begin--;
        }
        SnapshotTree<Item> picture = begin == first ? base : pictures[index(begin - 1)];
        return picture == null ? null : Event.replayed(picture, between(begin, end));
    }

    private List<Event> between(long begin, long end) {
        List<Event> some = new ArrayList<>();
        for (long i = begin; i < end; i++) {
            some.add(at(i));
        }
        return some;
    }

    /// The position of the first event above a revision, `next` when there is none. Revisions ascend, so it is
    /// halved for.
    private long firstAfter(long revision) {
        long low = first;
        long high = next;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (at(middle).revision() <= revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private Event at(long position) {
        Event e = ring[index(position)];
        if (e == null) {
            throw new IllegalStateException("no event at " + position);
        }
        return e;
    }

    private static int index(long position) {
        return (int) (position & MAX_EVENTS - 1);
    }
}
