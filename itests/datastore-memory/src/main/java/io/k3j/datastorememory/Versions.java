package io.k3j.datastorememory;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Entry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// Every kept version of every key, and the log. Not thread-safe.
final class Versions {
    private final NavigableMap<String, NavigableMap<Long, Optional<Entry>>> keys = new TreeMap<>(Versions::compare);
    private final NavigableMap<Long, Change> log = new TreeMap<>();

    /// The order of UTF-8 bytes, which is that of code points.
    private static int compare(String a, String b) {
        int[] x = a.codePoints().toArray();
        int[] y = b.codePoints().toArray();
        return Arrays.compare(x, y);
    }

    Optional<Entry> at(String key, long revision) {
        return at(keys.getOrDefault(key, new TreeMap<>()), revision);
    }

    private static Optional<Entry> at(NavigableMap<Long, Optional<Entry>> versions, long revision) {
        Map.Entry<Long, Optional<Entry>> version = versions.floorEntry(revision);
        return version == null ? Optional.empty() : version.getValue();
    }

    List<Entry> range(String prefix, String start, long revision) {
        List<Entry> found = new ArrayList<>();
        String from = compare(start, prefix) > 0 ? start : prefix;
        for (Map.Entry<String, NavigableMap<Long, Optional<Entry>>> key : keys.tailMap(from, true).entrySet()) {
            if (!key.getKey().startsWith(prefix)) {
                break;
            }
            at(key.getValue(), revision).ifPresent(found::add);
        }
        return found;
    }

    void add(Change change) {
        byte[] bytes = change.bytes();
        Optional<Entry> now = bytes == null ? Optional.empty()
                : Optional.of(new Entry(change.key(), bytes, change.createRevision(), change.revision()));
        keys.computeIfAbsent(change.key(), k -> new TreeMap<>()).put(change.revision(), now);
        log.put(change.revision(), change);
    }

    List<Change> after(long revision, String prefix) {
        return log.tailMap(revision, false).values().stream().filter(c -> c.key().startsWith(prefix)).toList();
    }

    void compact(long revision) {
        log.headMap(revision, true).clear();
        keys.values().forEach(versions -> forget(versions, revision));
        keys.values().removeIf(Map::isEmpty);
    }

    private static void forget(NavigableMap<Long, Optional<Entry>> versions, long revision) {
        Long kept = versions.floorKey(revision);
        if (kept != null) {
            boolean gone = Objects.requireNonNull(versions.get(kept)).isEmpty();
            versions.headMap(kept, gone).clear();
        }
    }
}
