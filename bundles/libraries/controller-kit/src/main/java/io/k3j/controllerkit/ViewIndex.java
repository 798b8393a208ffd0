package io.k3j.controllerkit;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds the objects of a [LiveView] by values computed from them. Changed by one thread at a time, read by any.
final class ViewIndex {
    private final Function<Obj, Collection<String>> values;
    private final Map<String, Map<Key, Obj>> found = new ConcurrentHashMap<>();

    ViewIndex(Function<Obj, Collection<String>> values) {
        this.values = values;
    }

    List<Obj> find(String value) {
        Map<Key, Obj> some = found.get(value);
        return some == null ? List.of() : List.copyOf(some.values());
    }

    void change(@Nullable Obj before, @Nullable Obj after) {
        Collection<String> now = after == null ? List.of() : values.apply(after);
        if (after != null) {
            now.forEach(v -> found.computeIfAbsent(v, k -> new ConcurrentHashMap<>()).put(after.key(), after));
        }
        if (before != null) {
            values.apply(before).stream().filter(v -> !now.contains(v)).forEach(v -> drop(v, before.key()));
        }
    }

    private void drop(String value, Key key) {
        Map<Key, Obj> some = found.get(value);
        if (some != null) {
            some.remove(key);
            if (some.isEmpty()) {
                found.remove(value);
            }
        }
    }
}
