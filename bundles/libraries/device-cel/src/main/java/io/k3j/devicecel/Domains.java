package io.k3j.devicecel;

import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Values by domain and identifier. A domain that has none is an empty map where it is looked up, as upstream's, so
/// that a selector need not ask whether it is there.
final class Domains extends AbstractMap<String, Map<String, Object>> {
    private final Map<String, Map<String, Object>> known = new LinkedHashMap<>();

    void add(DeviceName name, Object value) {
        known.computeIfAbsent(name.domain(), d -> new LinkedHashMap<>()).put(name.id(), value);
    }

    @Override
    public Map<String, Object> get(@Nullable Object domain) {
        Map<String, Object> values = known.get(domain);
        return values == null ? Map.of() : values;
    }

    @Override
    public boolean containsKey(@Nullable Object domain) {
        return known.containsKey(domain);
    }

    @Override
    public Set<Entry<String, Map<String, Object>>> entrySet() {
        return known.entrySet();
    }
}
