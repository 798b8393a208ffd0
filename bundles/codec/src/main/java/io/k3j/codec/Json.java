package io.k3j.codec;

import io.k3j.model.Struct;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// JSON to trees and back. Stateless for its users: safe for any number of threads.
public final class Json {
    /// How deep values may nest; deeper input is refused.
    public static final int MAX_DEPTH = 1000;

    private static final int EXPECTED = 1024;
    private static final byte[] NOTHING = {};

    private Json() {
    }

    /// The one object in the bytes (UTF-8).
    /// @throws MalformedInput when it is not one JSON object
    public static Struct object(byte[] bytes) {
        return document(bytes, 0, bytes.length).object();
    }

    /// The one object in a part of the bytes, with fields given twice listed.
    /// @throws MalformedInput when it is not one JSON object
    public static Document document(byte[] bytes, int offset, int length) {
        JsonReader.Read read = JsonReader.read(bytes, offset, length);
        if (read.value() instanceof Struct s) {
            return new Document(s, read.duplicates());
        }
        throw new MalformedInput("invalid JSON: an object is expected at the top");
    }

    /// The one value in the bytes: an object, a list (JSON patch) or a scalar.
    /// @throws MalformedInput when it is not one JSON value
    public static Object value(byte[] bytes) {
        return JsonReader.read(bytes, 0, bytes.length).value();
    }

    /// A value as compact JSON.
    public static byte[] bytes(Object value) {
        JsonWriter w = new JsonWriter(EXPECTED);
        w.value(value);
        return w.bytes();
    }

    /// A value as compact JSON text.
    public static String text(Object value) {
        return new String(bytes(value), StandardCharsets.UTF_8);
    }

    /// A value as JSON with line breaks and two spaces of indent, as `?pretty=true` answers.
    public static byte[] pretty(Object value) {
        return JsonPretty.bytes(value);
    }

    /// An object as it is stored: `apiVersion`, `kind`, `metadata` (without `resourceVersion`), the rest.
    public static byte[] stored(Struct object) {
        return Stored.bytes(object);
    }

    /// `apiVersion`, `kind` and `metadata` of a stored object, without `managedFields`, at the cost of reading
    /// only these.
    /// @throws MalformedInput when the bytes are not a stored object
    public static Struct head(byte[] stored) {
        return JsonReader.head(stored);
    }

    /// The position right after `"metadata":{` of a stored object, where `"resourceVersion":"7",` goes.
    /// @throws MalformedInput when the bytes are not a stored object
    public static int hole(byte[] stored) {
        return Stored.hole(stored);
    }

    /// Where a label's key and value lie in the bytes of a stored object.
    public interface Labels {
        /// A label without escapes.
        void label(int key, int keyEnd, int value, int valueEnd);
    }

    /// Shows every label of a stored object without decoding anything; false when that is not possible.
    /// @param hole as [#hole]
    public static boolean labels(byte[] stored, int hole, Labels each) {
        return StoredMetadata.labels(stored, hole, each);
    }

    /// The labels of a stored object, at the cost of reading only these.
    /// @param hole as [#hole]
    /// @throws MalformedInput when the bytes are damaged
    public static Map<String, String> labels(byte[] stored, int hole) {
        return StoredMetadata.labels(stored, hole);
    }

    /// The position behind the brace that ends metadata.
    /// @param hole as [#hole]
    /// @throws MalformedInput when there is none
    public static int metadataEnd(byte[] stored, int hole) {
        return StoredMetadata.end(stored, hole);
    }

    /// What goes into the hole: `"resourceVersion":"7",`, without the comma when metadata is empty.
    public static byte[] revision(byte[] stored, int hole, long revision) {
        String text = "\"resourceVersion\":\"" + revision + (stored[hole] == '}' ? "\"" : "\",");
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /// A stored object with its revision.
    /// @throws MalformedInput when the bytes are not a stored object
    public static byte[] withRevision(byte[] stored, long revision) {
        return withRevision(NOTHING, stored, revision, NOTHING);
    }

    /// A stored object with its revision between two other texts.
    /// @throws MalformedInput when the bytes are not a stored object
    public static byte[] withRevision(byte[] before, byte[] stored, long revision, byte[] after) {
        int hole = hole(stored);
        byte[] fill = revision(stored, hole, revision);
        return ByteBuffer.allocate(before.length + stored.length + fill.length + after.length)
                .put(before).put(stored, 0, hole).put(fill).put(stored, hole, stored.length - hole).put(after).array();
    }

    /// Where the fields after `apiVersion` and `kind` begin in a stored object: `{` and the bytes from here
    /// are the object as an item of a list of a built-in kind.
    /// @throws MalformedInput when the bytes are not a stored object
    public static int afterKind(byte[] stored) {
        return Stored.kindEnd(stored) + 2;
    }
}
