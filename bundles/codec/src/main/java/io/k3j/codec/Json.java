package io.k3j.codec;

import io.k3j.model.Struct;

/// JSON to trees and back. Stateless for its users: safe for any number of threads.
public final class Json {
    /// How deep values may nest.
    public static final int MAX_DEPTH = 10_000;

    private Json() {
    }

    /// The one object in the bytes (UTF-8).
    /// @throws MalformedInput when it is not one JSON object
    public static Struct object(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /// The one object in a part of the bytes, with fields given twice listed.
    /// @throws MalformedInput when it is not one JSON object
    public static Document document(byte[] bytes, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    /// The one value in the bytes: an object, a list (JSON patch) or a scalar.
    /// @throws MalformedInput when it is not one JSON value
    public static Object value(byte[] bytes) {
        throw new UnsupportedOperationException();
    }

    /// A value as compact JSON.
    public static byte[] bytes(Object value) {
        throw new UnsupportedOperationException();
    }

    /// A value as compact JSON text.
    public static String text(Object value) {
        throw new UnsupportedOperationException();
    }

    /// A value as JSON with line breaks and two spaces of indent, as `?pretty=true` answers.
    public static byte[] pretty(Object value) {
        throw new UnsupportedOperationException();
    }

    /// An object as it is stored: `apiVersion`, `kind`, `metadata` (without `resourceVersion`), the rest.
    public static byte[] stored(Struct object) {
        throw new UnsupportedOperationException();
    }

    /// The position right after `"metadata":{` of a stored object, where `"resourceVersion":"7",` goes.
    /// @throws MalformedInput when the bytes are not a stored object
    public static int hole(byte[] stored) {
        throw new UnsupportedOperationException();
    }

    /// What goes into the hole: `"resourceVersion":"7",`, without the comma when metadata is empty.
    public static byte[] revision(byte[] stored, int hole, long revision) {
        throw new UnsupportedOperationException();
    }

    /// A stored object with its revision.
    public static byte[] withRevision(byte[] stored, long revision) {
        throw new UnsupportedOperationException();
    }

    /// Where the fields after `apiVersion` and `kind` begin in a stored object: `{` + the bytes from here is
    /// the object as an item of a list of a built-in kind.
    public static int afterKind(byte[] stored) {
        throw new UnsupportedOperationException();
    }
}
