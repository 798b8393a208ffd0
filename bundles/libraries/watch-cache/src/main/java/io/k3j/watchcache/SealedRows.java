package io.k3j.watchcache;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The newest rows whose key is not known here yet, opened as soon as it is. The feeder's thread only.
///
/// Another server may begin with a new key before this one has it (`k3s secrets-encrypt rotate-keys`); the row
/// stands as [Unreadable] meanwhile, and nobody is told that the Secret is deleted.
final class SealedRows {
    private final Rows rows;
    private final Map<String, Unreadable> waiting = new HashMap<>();
    /// When all of them were tried last, by `System.nanoTime`.
    private long looked = System.nanoTime();

    SealedRows(Rows rows) {
        this.rows = rows;
    }

    /// As [#look], unless the last time is less than `pause` ago: batches may come by the hundred in a second.
    void look(EventLog log, Duration pause) {
        long now = System.nanoTime();
        if (!waiting.isEmpty() && now - looked >= pause.toNanos()) {
            looked = now;
            look(log);
        }
    }

    /// One more, in place of an older one of the same key.
    void add(Unreadable row) {
        waiting.put(row.storeKey(), row);
    }

    /// Whether nothing has to be looked at.
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Puts those that can be read now into the log, and forgets those that have been replaced or deleted. Each
    /// call tries all of them; there are only as many as Secrets written since the new key was begun with.
    void look(EventLog log) {
        if (waiting.isEmpty()) {
            return;
        }
        SortedMap<String, Item> read = new TreeMap<>();
        SnapshotTree<Item> tree = log.newest().tree();
        waiting.values().removeIf(row -> {
            Item there = tree.get(row.storeKey());
            if (!(there instanceof Unreadable) || there.revision() != row.revision()) {
                return true;
            }
            Item item = rows.again(row);
            if (item != null) {
                read.put(row.storeKey(), item);
            }
            return item != null;
        });
        if (!read.isEmpty()) {
            log.reread(read);
        }
    }
}
