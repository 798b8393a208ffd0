package io.k3j.launcher;

import java.util.Collections;
import java.util.Dictionary;
import java.util.Enumeration;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.felix.cm.PersistenceManager;

/// Keeps configurations in memory only. They are made again from the flags with each start, so a stale one
/// must not survive, and nothing is gained by writing them to disk.
final class MemoryConfigurations implements PersistenceManager {
    /// The name the configuration service is told to wait for.
    static final String NAME = "memory";

    private final Map<String, Dictionary<String, Object>> byPid = new ConcurrentHashMap<>();

    @Override
    public boolean exists(String pid) {
        return byPid.containsKey(pid);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Dictionary load(String pid) {
        return byPid.getOrDefault(pid, new Hashtable<>());
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Enumeration getDictionaries() {
        return Collections.enumeration(byPid.values());
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public void store(String pid, Dictionary properties) {
        byPid.put(pid, properties);
    }

    @Override
    public void delete(String pid) {
        byPid.remove(pid);
    }
}
