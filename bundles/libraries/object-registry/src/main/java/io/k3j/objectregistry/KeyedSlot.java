package io.k3j.objectregistry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The services of one type that other bundles contribute, each for one thing: an action for its path, hooks for
/// their group. Every generation is kept; the one with the highest service ranking serves, of equals the youngest,
/// and when it is taken away the one before it does again. Any thread; reading takes no lock.
///
/// Unlike in a [Slot] the youngest of equals serves: of two generations the new one, as soon as it is there.
public final class KeyedSlot<K, T> {
    /// `service.ranking` and `service.id` are OSGi's: the second grows with every registration.
    private static final Comparator<Entry<?, ?>> ORDER = Comparator
            .comparingLong((Entry<?, ?> e) -> e.number("service.ranking"))
            .thenComparingLong(e -> e.number("service.id")).reversed();
    private final Function<T, K> key;
    private List<Entry<K, T>> entries = List.of();
    private volatile Map<K, T> serving = Map.of();

    private record Entry<K, T>(K key, T service, Map<String, ?> properties) {
        long number(String name) {
            return properties.get(name) instanceof Number n ? n.longValue() : 0;
        }
    }

    /// @param key what a service is for; asked once
    public KeyedSlot(Function<T, K> key) {
        this.key = key;
    }

    /// A service has come, or its properties have changed.
    public void add(T service, Map<String, ?> properties) {
        // asked before anybody is locked out: it may be the bundle itself that answers, late or never
        Entry<K, T> entry = new Entry<>(key.apply(service), service, properties);
        synchronized (this) {
            List<Entry<K, T>> all = new ArrayList<>(entries);
            all.removeIf(e -> e.service == service);
            all.addFirst(entry);
            all.sort(ORDER);
            become(all);
        }
    }

    /// A service has gone. Without effect for one that is not here.
    public synchronized void remove(T service) {
        become(entries.stream().filter(e -> e.service != service).toList());
    }

    private void become(List<Entry<K, T>> all) {
        Map<K, T> first = new HashMap<>();
        all.forEach(e -> first.putIfAbsent(e.key, e.service));
        entries = List.copyOf(all);
        serving = Collections.unmodifiableMap(first);
    }

    /// The service for something, null when there is none.
    @Nullable
    public T get(K of) {
        return serving.get(of);
    }

    /// What there is now, never changed: another object after every change.
    public Object state() {
        return serving;
    }

    /// Whether there is none at all.
    boolean isEmpty() {
        return serving.isEmpty();
    }
}
