package io.k3j.controllersautoscaling;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The selectors of all autoscalers' targets, by which is seen that several control the same pods. Any thread.
final class Selectors {
    /// How many autoscalers of the namespace are compared with one at most: a namespace with more has room to
    /// misconfigure itself unseen, but not to keep the controller busy.
    private static final int COMPARED = 500;
    /// How many pods of one are compared at most; as upstream, pods of one selector are nearly always the others' too.
    private static final int PODS = 50;
    private final Map<String, Map<Key, Selector>> namespaces = new ConcurrentHashMap<>();

    /// Notes the selector of one.
    void put(Key key, Selector selector) {
        namespaces.computeIfAbsent(key.namespace(), n -> new ConcurrentHashMap<>()).put(key, selector);
    }

    /// Forgets one.
    void forget(Key key) {
        namespaces.computeIfPresent(key.namespace(), (n, all) -> {
            all.remove(key);
            return all.isEmpty() ? null : all;
        });
    }

    /// The names of all that select one of these pods, in order; at least `key` itself.
    List<String> controlling(Key key, List<Obj> pods) {
        List<String> all = new ArrayList<>();
        List<Obj> some = pods.subList(0, Math.min(PODS, pods.size()));
        namespaces.getOrDefault(key.namespace(), Map.of()).entrySet().stream().limit(COMPARED)
                .filter(e -> e.getKey().equals(key) || some.stream().anyMatch(p -> e.getValue().matches(p.labels())))
                .forEach(e -> all.add(e.getKey().toString()));
        all.sort(null);
        return all;
    }
}
