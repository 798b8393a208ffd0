package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;

/// A client's document of a built-in kind, taken as Go's typed decoding takes it, in one walk: types
/// checked, names matched, unknown fields dropped and listed, nulls and meaningless zeros dropped, fields
/// that Go always writes added.
public final class Decoding {
    private Decoding() {
    }

    /// @param object the object in canonical form
    /// @param unknown the paths of unknown fields, as `spec.containers[0].foo`
    public record Decoded(Struct object, List<String> unknown) {
    }

    /// Takes a document.
    /// @throws DecodeFailure when a value has the wrong type
    public static Decoded decode(Shape shape, Struct document) {
        throw new UnsupportedOperationException();
    }

    /// The text of strict field validation for unknown and duplicate fields:
    /// `unknown field "spec.foo"`, `duplicate field "spec.bar"`.
    public static List<String> strictErrors(List<String> duplicates, List<String> unknown) {
        throw new UnsupportedOperationException();
    }
}
