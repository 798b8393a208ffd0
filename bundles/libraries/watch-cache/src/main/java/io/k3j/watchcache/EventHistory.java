package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The latest events, oldest first, bounded by bytes and count: what watches resume from (upstream's cyclic buffer
/// of the watch cache) and what answers reads at an exact past revision (KEP-4988, snapshots of the watch cache).
///
/// A snapshot is kept now and then, after the last event of a batch; the others are made of the one before when
/// somebody asks. Invariants: `base` and the kept events together give every state since `baseRevision`; a batch, and
/// so what lies between two kept snapshots, ends with the last event of a revision. Guarded by itself; each call holds
/// it for a short time, and none while it replays events.
final class EventHistory {
    /// What is kept may weigh: events by [Event#weight], snapshots by what they do not share with the one before.
    static final long MAX_BYTES = 64L << 20;
    /// How many events are kept at most; a power of two, so that a position becomes an index by a mask.
    static final int MAX_EVENTS = 1 << 16;
    /// With so many events, or bytes of them, behind the last kept snapshot another one is kept: one for each event
    /// would weigh several times as much as the events.
    private static final int OPEN_EVENTS = 64;
    private static final long OPEN_BYTES = 1 << 20;

    private final @Nullable Event[] ring = new Event[MAX_EVENTS];
    /// At the place of an event: the snapshot right after it, null where none is kept.
    private final @Nullable Picture[] pictures = new Picture[MAX_EVENTS];
    /// Positions count on for ever; the oldest kept event is at `first`, the next one goes to `next`.
    private long first;
    private long next;
    /// Behind the event with the last kept snapshot, `first` when there is none.
    private long pictured;
    /// The weight of the events from `pictured` on.
    private long open;
    private long bytes;
    private long baseRevision;
    /// The snapshot right before the event at `first`.
    private SnapshotTree<Item> base;

    /// A kept snapshot.
    ///
    /// @param weight of what it does not share with the one before
    private record Picture(SnapshotTree<Item> tree, long weight) {
    }

    /// How a snapshot is made: the kept one before it, and the events since then.
    private record Replay(SnapshotTree<Item> tree, List<Event> events) {
    }

    /// Begins with the snapshot at a revision, without events.
    EventHistory(SnapshotTree<Item> base, long baseRevision) {
        this.base = base;
        this.baseRevision = baseRevision;
    }

    /// Begins again from a snapshot: everything before it is gone, and watches that would resume there get 410.
    synchronized void reset(SnapshotTree<Item> tree, long revision) {
        Arrays.fill(ring, null);
        Arrays.fill(pictures, null);
        first = next;
        pictured = next;
        open = 0;
        bytes = 0;
        base = tree;
        baseRevision = revision;
    }

    /// Adds the newest events with the snapshot right after the last of them; drops old ones beyond the bounds. A batch
    /// that alone is beyond them, as when very many keys go with one revision, is dropped itself.
    ///
    /// @param batch at least one event, in the order of their revisions, all above those that are kept
    synchronized void add(List<Event> batch, SnapshotTree<Item> tree) {
        if (next - pictured + batch.size() > MAX_EVENTS) {
            reset(tree, batch.getLast().revision());
            return;
        }
        for (Event event : batch) {
            if (next - first == MAX_EVENTS) {
                drop();
            }
            ring[index(next++)] = event;
            open += event.weight();
            bytes += event.weight();
        }
        if (next - pictured >= OPEN_EVENTS || open > OPEN_BYTES) {
            keep(tree);
        }
        while (bytes > MAX_BYTES) {
            drop();
        }
    }

    /// The newest snapshot is this one from now on: rows in it have become readable, without a step of the log.
    synchronized void amend(SnapshotTree<Item> tree) {
        if (next == first) {
            base = tree;
        } else {
            keep(tree);
        }
    }

    /// Keeps the snapshot right after the newest event, in place of another one.
    private void keep(SnapshotTree<Item> tree) {
        Picture last = pictured == first ? null : pictures[index(pictured - 1)];
        long more = tree.bytesBeyond(last == null ? base : last.tree);
        pictures[index(next - 1)] = new Picture(tree, last != null && pictured == next ? last.weight + more : more);
        bytes += more;
        pictured = next;
        open = 0;
    }

    /// Drops the oldest events up to a kept snapshot. There is one unless all are [#open].
    private void drop() {
        Picture picture = null;
        while (picture == null) {
            Event old = at(first);
            int index = index(first++);
            picture = pictures[index];
            ring[index] = null;
            pictures[index] = null;
            bytes -= old.weight();
            baseRevision = Math.max(baseRevision, old.revision());
        }
        bytes -= picture.weight;
        base = picture.tree;
    }

    /// Drops the batches up to a revision; a snapshot right after it can still be made. Of batches that lie between two
    /// kept snapshots around it the events stay in memory, and are refused all the same.
    synchronized void forget(long revision) {
        while (first < pictured && endOfFirst() <= revision) {
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

    /// Up to `max` events after a revision, oldest first, and all others of the last one's revision; none when there
    /// are no newer ones, null when some of them are gone.
    synchronized @Nullable List<Event> after(long revision, int max) {
        if (revision < baseRevision) {
            return null;
        }
        long begin = firstAfter(revision);
        long end = Math.min(next, begin + max);
        while (end > begin && end < next && at(end).revision() == at(end - 1).revision()) {
            end++;
        }
        return between(begin, end);
    }

    /// The snapshot right after a revision; null when it is gone. A revision above the newest event gives the
    /// newest snapshot.
    @Nullable
    SnapshotTree<Item> treeAt(long revision) {
        Replay replay = replay(revision);
        return replay == null ? null : Event.replayed(replay.tree, replay.events);
    }

    /// Null when the snapshot is gone.
    private synchronized @Nullable Replay replay(long revision) {
        if (revision < baseRevision) {
            return null;
        }
        long end = firstAfter(revision);
        long begin = end;
        while (begin > first && pictures[index(begin - 1)] == null) {
            begin--;
        }
        Picture picture = begin == first ? null : pictures[index(begin - 1)];
        return new Replay(picture == null ? base : picture.tree, between(begin, end));
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
