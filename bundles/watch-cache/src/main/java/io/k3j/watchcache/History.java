package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The latest events, oldest first, bounded by bytes and count. A picture is kept after the last event of each stretch
/// that was added at once; the others are made of the one before when somebody asks. Guarded by itself.
final class History {
    /// What the kept events may weigh.
    static final long MAX_BYTES = 64L << 20;
    /// How many events are kept at most.
    static final int MAX_EVENTS = 1 << 16;

    private final @Nullable Event[] ring = new Event[MAX_EVENTS];
    private final @Nullable SnapshotTree<Item>[] pictures = pictures();
    private long first;
    private long next;
    private long bytes;
    private long baseRevision;
    private SnapshotTree<Item> base;

    /// Begins with the picture at a revision, without events.
    History(SnapshotTree<Item> base, long baseRevision) {
        this.base = base;
        this.baseRevision = baseRevision;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable SnapshotTree<Item>[] pictures() {
        return (SnapshotTree<Item>[]) new SnapshotTree<?>[MAX_EVENTS];
    }

    /// Begins anew from a picture: everything before it is gone.
    synchronized void reset(SnapshotTree<Item> tree, long revision) {
        Arrays.fill(ring, null);
        Arrays.fill(pictures, null);
        first = next;
        bytes = 0;
        base = tree;
        baseRevision = revision;
    }

    /// Adds the newest events with the picture right after the last of them; drops old ones beyond the bounds.
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

    /// The newest picture is this one from now on.
    synchronized void amend(SnapshotTree<Item> picture) {
        if (next == first) {
            base = picture;
        } else {
            pictures[index(next - 1)] = picture;
        }
    }

    /// Drops the oldest stretch.
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

    /// Drops the stretches up to a revision; the picture right after it stays.
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

    /// The revision after which every event is kept.
    synchronized long since() {
        return baseRevision;
    }

    /// Up to `max` events after a revision; null when some of them are gone.
    synchronized @Nullable List<Event> after(long revision, int max) {
        if (revision < baseRevision) {
            return null;
        }
        long begin = firstAfter(revision);
        return between(begin, Math.min(next, begin + max));
    }

    /// The picture right after a revision; null when it is gone.
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
