package io.k3j.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The events that may have helped pods, for those that are in flight meanwhile: by number, the last one of each filter
/// and of all filters. One number a filter. Guarded by the queue's lock.
final class QueueMoves {
    private final Map<String, Long> lastOf = new HashMap<>();
    private long last;
    private long lastOfAny;

    /// The number of the last event.
    long last() {
        return last;
    }

    /// Something has happened that may help with these filters; none stands for all.
    void happened(Set<String> plugins) {
        last++;
        plugins.forEach(p -> lastOf.put(p, last));
        lastOfAny = plugins.isEmpty() ? last : lastOfAny;
    }

    /// Whether something has happened since an event that may help with these filters; none stands for all.
    boolean helped(Set<String> plugins, long since) {
        return lastOfAny > since || plugins.isEmpty() && last > since
                || plugins.stream().anyMatch(p -> lastOf.getOrDefault(p, 0L) > since);
    }
}
