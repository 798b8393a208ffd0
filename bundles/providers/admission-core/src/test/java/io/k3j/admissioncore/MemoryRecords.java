package io.k3j.admissioncore;

import io.k3j.apiserverapi.Records;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Records kept in memory, which count how often they are asked.
final class MemoryRecords implements Records {
    private final TreeMap<String, Entry> all = new TreeMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile Runnable beforePut = () -> {
    };
    private long revision;

    /// How often a record was read or written so far.
    int questions() {
        return questions.get();
    }

    /// What each write does first, on its thread.
    void beforePut(Runnable action) {
        beforePut = action;
    }

    @Override
    public Optional<Entry> find(String name) {
        questions.incrementAndGet();
        return there(name);
    }

    private synchronized Optional<Entry> there(String name) {
        return Optional.ofNullable(all.get(name));
    }

    @Override
    public synchronized List<Entry> list(String prefix) {
        return all.values().stream().filter(e -> e.name().startsWith(prefix)).toList();
    }

    @Override
    public boolean put(String name, Struct value, long expected) {
        questions.incrementAndGet();
        beforePut.run();
        return stored(name, value, expected);
    }

    private synchronized boolean stored(String name, Struct value, long expected) {
        if (there(name).map(Entry::revision).orElse(0L) != expected) {
            return false;
        }
        all.put(name, new Entry(name, value, ++revision));
        return true;
    }

    @Override
    public synchronized boolean remove(String name, long expected) {
        questions.incrementAndGet();
        return there(name).map(Entry::revision).orElse(0L) == expected && all.remove(name) != null;
    }
}
