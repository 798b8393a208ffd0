package io.k3j.admissioncore;

import io.k3j.model.Key;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Which service holds which value (an address, a port). A value taken by a write is *pending* until the
/// write is seen in the view or given up. For any thread.
final class Reserved {
    private final Map<String, Key> held = new HashMap<>();
    private final Map<String, Key> pending = new HashMap<>();

    /// Takes a value for a service; false when another one has it.
    synchronized boolean take(String value, Key service) {
        Key holder = held.getOrDefault(value, pending.get(value));
        if (holder != null) {
            return holder.equals(service);
        }
        pending.put(value, service);
        return true;
    }

    /// Whether nobody has a value.
    synchronized boolean free(String value) {
        return !held.containsKey(value) && !pending.containsKey(value);
    }

    /// The write that took values did not happen.
    synchronized void giveUp(Collection<String> values, Key service) {
        values.forEach(v -> pending.remove(v, service));
    }

    /// A service is as the view says: it holds exactly these, and what is pending.
    synchronized void seen(Key service, Set<String> before, Set<String> now) {
        before.stream().filter(v -> !now.contains(v)).forEach(v -> held.remove(v, service));
        for (String value : now) {
            held.put(value, service);
            pending.remove(value, service);
        }
    }
}
