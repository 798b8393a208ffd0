package io.k3j.watchcache;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The changes of a log that wait to be seen, oldest first: together they move the snapshot on once. The feeder's
/// thread only.
final class Stretch {
    /// How many changes move the snapshot on at once: a move copies the path to each changed key, and shares what
    /// paths have in common.
    private static final int MOST = 64;
    /// So many bytes move it on earlier: what waits here is not counted by the history yet.
    private static final long MOST_BYTES = 1 << 20;
    private final List<Event> events = new ArrayList<>(MOST);
    /// What they do to the tree, by key; null for a deletion.
    private final Map<String, @Nullable Item> changes = new HashMap<>();
    private long weight;

    /// Whether they should be seen before another revision is added. More of the last revision may always be added: it
    /// is seen as a whole.
    boolean full() {
        return events.size() >= MOST || weight > MOST_BYTES;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    void add(Event event) {
        events.add(event);
        changes.put(event.newest().storeKey(), event.after());
        weight += event.weight();
    }

    /// A key's version behind all changes, when it is `before` without them.
    @Nullable
    Item current(String storeKey, SnapshotTree<Item> before) {
        Item changed = changes.get(storeKey);
        return changed != null || changes.containsKey(storeKey) ? changed : before.get(storeKey);
    }

    /// Every step.
    List<Event> events() {
        return events;
    }

    /// A tree behind all changes.
    SnapshotTree<Item> moved(SnapshotTree<Item> before) {
        return before.with(changes);
    }

    void clear() {
        events.clear();
        changes.clear();
        weight = 0;
    }
}
