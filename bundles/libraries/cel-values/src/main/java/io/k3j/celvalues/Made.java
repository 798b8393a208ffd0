package io.k3j.celvalues;

import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an object literal made: fields that were set, and the name of its type.
public final class Made extends AbstractMap<Object, Object> {
    private final String type;
    private final Map<Object, Object> fields;

    /// Of fields by their names in the language.
    public Made(String type, Map<Object, Object> fields) {
        this.type = type;
        this.fields = fields;
    }

    /// The name of its type.
    public String type() {
        return type;
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return fields.containsKey(key);
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
        return fields.get(key);
    }

    @Override
    public Set<Entry<Object, Object>> entrySet() {
        return fields.entrySet();
    }
}
