package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields of an object, in order and by name.
final class FieldTable {
    static final FieldTable EMPTY = new FieldTable(List.of());

    private final List<Field> list;
    private final Map<String, Field> byName;
    private final List<Field> always;
    private @Nullable Struct zero;

    FieldTable(List<Field> fields) {
        list = List.copyOf(fields);
        byName = HashMap.newHashMap(fields.size());
        List<Field> written = new ArrayList<>();
        for (Field f : list) {
            byName.put(f.name(), f);
            if (f.always()) {
                written.add(f);
            }
        }
        always = List.copyOf(written);
    }

    List<Field> list() {
        return list;
    }

    /// The fields that are written even when they are missing.
    List<Field> always() {
        return always;
    }

    /// The object none of whose fields was ever set. Made without a lock: everybody makes an equal one.
    Struct zero() {
        Struct known = zero;
        if (known == null) {
            Struct.Builder b = Struct.builder();
            always.forEach(f -> b.put(f.name(), Zero.of(f)));
            known = b.build();
            zero = known;
        }
        return known;
    }

    @Nullable
    Field find(String name) {
        return byName.get(name);
    }
}
