package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// All schemas within the schema of a CRD, wherever OpenAPI may have one: upstream's `SchemaHas`. Pure; any thread. Its
/// depth is bounded by nobody, so it takes no stack.
public final class SchemaNodes {
    private static final List<String> SINGLE = List.of("items", "not", "additionalProperties", "additionalItems");
    private static final List<String> LISTS = List.of("items", "allOf", "anyOf", "oneOf");
    private static final List<String> MAPS = List.of("properties", "patternProperties", "definitions", "dependencies");

    private SchemaNodes() {
    }

    /// Whether a schema, or one in it, is such a one.
    ///
    /// @param schema an `openAPIV3Schema`
    public static boolean any(Struct schema, Predicate<Struct> such) {
        Deque<Struct> open = new ArrayDeque<>();
        open.push(schema);
        while (!open.isEmpty()) {
            Struct s = open.pop();
            if (such.test(s)) {
                return true;
            }
            SINGLE.forEach(name -> push(s.get(name), open));
            LISTS.forEach(name -> s.seq(name).forEach(v -> push(v, open)));
            MAPS.forEach(name -> s.struct(name).forEach((key, v) -> push(v, open)));
        }
        return false;
    }

    private static void push(@Nullable Object value, Deque<Struct> open) {
        if (value instanceof Struct s) {
            open.push(s);
        }
    }

    /// The same of the schemas of all versions.
    ///
    /// @param spec of a CRD
    public static boolean anyOf(Struct spec, Predicate<Struct> such) {
        return spec.seq("versions").structs().stream()
                .anyMatch(v -> any(v.struct("schema").struct("openAPIV3Schema"), such));
    }
}
