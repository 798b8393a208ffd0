package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;

/// A client's document of a built-in kind, taken as Go's typed decoding takes it, in one walk: types
/// checked, unknown fields dropped and listed, nulls and meaningless zeros dropped, fields that Go always
/// writes added, times and quantities brought to their canonical form. Pure; any number of threads.
public final class Decoding {
    private Decoding() {
    }

    /// @param object the object in canonical form
    /// @param unknown the paths of unknown fields, as `spec.containers[0].foo`
    public record Decoded(Struct object, List<String> unknown) {
    }

    /// Takes a document. Decoding the result again changes nothing.
    /// @throws DecodeFailure when a value has the wrong type
    public static Decoded decode(Shape shape, Struct document) {
        Decoder decoder = new Decoder();
        Struct object = decoder.object(shape, document);
        return new Decoded(object, decoder.unknown());
    }

    /// The object as if a field had never been set: without it, or with what Go writes for it.
    public static Struct unset(Shape shape, Struct object, String name) {
        Field field = shape.field(name);
        return field != null && field.always() ? object.with(name, Zero.of(field)) : object.without(name);
    }

    /// The texts of strict field validation: `duplicate field "spec.bar"`, `unknown field "spec.foo"`.
    public static List<String> strictErrors(List<String> duplicates, List<String> unknown) {
        List<String> all = new ArrayList<>(duplicates.size() + unknown.size());
        duplicates.forEach(d -> all.add("duplicate field \"" + d + "\""));
        unknown.forEach(u -> all.add("unknown field \"" + u + "\""));
        return all;
    }
}
