package io.k3j.schema;

import io.k3j.model.Struct;
import java.util.List;

/// A client's document of a built-in kind, taken as Go's typed decoding takes it, in one walk: types checked, unknown
/// fields dropped and listed, nulls and meaningless zeros dropped, fields that Go always writes added, times and
/// quantities brought to their canonical form. Durations and base 64 are checked and left as they are. Pure; any number
/// of threads.
///
/// What comes out is what upstream would store and answer for the same document: so an object compares equal to its
/// stored form, and clients written for Go's answers find every field they expect.
public final class Decoding {
    private Decoding() {
    }

    /// What a document became.
    ///
    /// @param object the object in canonical form
    /// @param unknown the paths of unknown fields, as `spec.containers[0].foo`; at most [FieldPaths#MOST], so an empty
    ///     list means none
    public record Decoded(Struct object, List<String> unknown) {
    }

    /// Takes a document. Decoding the result again changes nothing.
    ///
    /// @param shape that of a built-in kind
    /// @param document the tree of JSON, YAML or protobuf, bounded in depth by its reader
    /// @throws DecodeFailure when a value has the wrong type; the first one is told, as Go does
    public static Decoded decode(Shape shape, Struct document) {
        Decoder decoder = new Decoder();
        Struct object = decoder.object(shape, document);
        return new Decoded(object, decoder.unknown());
    }

    /// The object as if a field had never been set: without it, or with what Go writes for it. Only fields of the
    /// object itself; a name the shape does not have is taken out.
    public static Struct unset(Shape shape, Struct object, String name) {
        Field field = shape.field(name);
        return field != null && field.always() ? object.with(name, Zero.of(field)) : object.without(name);
    }

    /// The text of strict field validation for a field given twice. See Kubernetes API Concepts, "Validation for
    /// unrecognized or duplicate fields".
    public static String duplicate(String path) {
        return "duplicate field \"" + path + "\"";
    }

    /// The text of strict field validation for a field that nobody knows.
    public static String unknown(String path) {
        return "unknown field \"" + path + "\"";
    }
}
