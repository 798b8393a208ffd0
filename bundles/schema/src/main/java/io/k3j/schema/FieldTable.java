package io.k3j.schema;

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

    FieldTable(List<Field> fields) {
        list = List.copyOf(fields);
        byName = HashMap.newHashMap(fields.size());
        fields.forEach(f -> byName.put(f.name(), f));
        always = list.stream().filter(f -> f.emission() != Field.Emission.OMIT).toList();
    }

    List<Field> list() {
        return list;
    }

    /// The fields that are written even when they are missing.
    List<Field> always() {
        return always;
    }

    @Nullable Field find(String name) {
        return byName.get(name);
    }
}
