package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The latest events, oldest first, bounded by bytes and count. Guarded by itself.
final class History {
    /// What the kept events may weigh.
    static final long MAX_BYTES = 64L << 20;
    /// How many events are kept at most.
    static final int MAX_EVENTS = 1 << 16;

    private final @Nullable Event[] ring = new Event[MAX_EVENTS];
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

    /// Begins anew from a picture: everything before it is gone.
    synchronized void reset(SnapshotTree<Item> tree, long revision) {
        Arrays.fill(ring, null);
        first = next;
        bytes = 0;
        base = tree;
        baseRevision = revision;
    }

    /// Adds the newest event; drops old ones beyond the bounds.
    synchronized void add(Event event) {
        ring[index(next++)] = event;
        bytes += event.weight();
        while (bytes > MAX_BYTES || next - first == MAX_EVENTS) {
            drop();
        }
    }

    private void drop() {
        Event old = at(first);
        ring[index(first++)] = null;
        bytes -= old.weight();
        base = old.tree();
        baseRevision = old.revision();
    }

    /// Drops the events up to a revision; the picture right after it stays.
    synchronized void forget(long revision) {
        while (first < next && at(first).revision() <= revision) {
            drop();
        }
        baseRevision = Math.max(baseRevision, revision);
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
        List<Event> found = new ArrayList<>();
        for (long i = firstAfter(revision); i < next && found.size() < max; i++) {
            found.add(at(i));
        }
        return found;
    }

    /// The picture right after a revision; null when it is gone.
    synchronized @Nullable SnapshotTree<Item> treeAt(long revision) {
        if (revision < baseRevision) {
            return null;
        }
        long i = firstAfter(revision);
        return i == first ? base : at(i - 1).tree();
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
