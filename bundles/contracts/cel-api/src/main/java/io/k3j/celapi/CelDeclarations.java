package io.k3j.celapi;

import io.k3j.schema.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What expressions see beside the libraries. Immutable.
///
/// @param variables by name; the libraries and constants of the language are always there
/// @param mutated what `Object{…}` makes: the kind a mutating policy applies to, `ANY` where it is not known;
///     null: there
///     are no `Object{…}` and `JSONPatch{…}`
public record CelDeclarations(Map<String, CelType> variables, @Nullable Shape mutated) {
    /// Copies the map, in its order.
    public CelDeclarations {
        variables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    }

    /// Variables only.
    public static CelDeclarations of(Map<String, CelType> variables) {
        return new CelDeclarations(variables, null);
    }

    /// One more variable.
    public CelDeclarations with(String name, CelType type) {
        Map<String, CelType> more = new LinkedHashMap<>(variables);
        more.put(name, type);
        return new CelDeclarations(more, mutated);
    }

    /// The same with `Object{…}` types of a kind, and `JSONPatch{…}`.
    public CelDeclarations mutating(Shape kind) {
        return new CelDeclarations(variables, kind);
    }
}
