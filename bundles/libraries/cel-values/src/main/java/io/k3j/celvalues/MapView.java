package io.k3j.celvalues;

import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A caller's map with fields of declared types, which are made when they are looked at, once per evaluation.
public final class MapView extends AbstractMap<Object, Object> implements Viewed {
    private final Map<?, ?> map;
    private final Function<String, Adapter> adapters;
    private final Map<Object, Object> made = new HashMap<>();

    /// Looks at nothing yet.
    ///
    /// @param adapters by name, how a field is looked at
    public MapView(Map<?, ?> map, Function<String, Adapter> adapters) {
        this.map = map;
        this.adapters = adapters;
    }

    @Override
    public Map<?, ?> raw() {
        return map;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return map.containsKey(key);
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        Object known = made.get(key);
        Object raw = known != null || key == null ? null : map.get(key);
        if (raw == null || key == null) {
            return known;
        }
        Object value = adapters.apply(key.toString()).adapt(LazyValues.made(raw));
        made.put(key, value);
        return value;
    }

    @Override
    public int size() {
        return map.size();
    }

    @Override
    public Set<Entry<Object, Object>> entrySet() {
        Map<Object, Object> all = new LinkedHashMap<>();
        map.keySet().forEach(k -> all.put(k, get(k)));
        return all.entrySet();
    }
}
