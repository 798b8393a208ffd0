package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The fields of an object, in order and by name. Immutable but for [#zero()], which is made once or, by a harmless
/// race, a few times.
final class FieldTable {
    /// Of everything that is no object, and of an object without fields.
    static final FieldTable EMPTY = new FieldTable(List.of());

    private final List<Field> list;
    /// Never changed after the constructor, so that any thread may read it.
    private final Map<String, Field> byName;
    /// Kept apart, because decoding asks for them at every object.
    private final List<Field> always;
    /// Not volatile: a struct is immutable with final fields, so a thread sees a whole one or none.
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

    /// The object none of whose fields was ever set: the fields Go always writes, each with its zero value. Made
    /// without a lock: everybody makes an equal one. Not made by the constructor, because types may hold each other.
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

    /// A field by its JSON name, null when there is none.
    @Nullable
    Field find(String name) {
        return byName.get(name);
    }
}
