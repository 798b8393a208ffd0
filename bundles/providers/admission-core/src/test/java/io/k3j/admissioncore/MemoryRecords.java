package io.k3j.admissioncore;

import io.k3j.apiserverapi.Records;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Records kept in memory.
final class MemoryRecords implements Records {
    private final TreeMap<String, Entry> all = new TreeMap<>();
    private long revision;

    @Override
    public synchronized Optional<Entry> find(String name) {
        return Optional.ofNullable(all.get(name));
    }

    @Override
    public synchronized List<Entry> list(String prefix) {
        return all.values().stream().filter(e -> e.name().startsWith(prefix)).toList();
    }

    @Override
    public synchronized boolean put(String name, Struct value, long expected) {
        if (find(name).map(Entry::revision).orElse(0L) != expected) {
            return false;
        }
        all.put(name, new Entry(name, value, ++revision));
        return true;
    }

    @Override
    public synchronized boolean remove(String name, long expected) {
        return find(name).map(Entry::revision).orElse(0L) == expected && all.remove(name) != null;
    }
}
