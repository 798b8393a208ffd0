package io.k3j.codec;

import io.k3j.model.FieldMask;
import io.k3j.model.Struct;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// JSON to trees and back. Stateless for its users: safe for any number of threads.
///
/// A decoded value is one of `String`, `Long`, `Double`, `Boolean`, `Null`, `Struct` and `Seq`. Whole numbers that fit
/// are `Long`, all others `Double`, as `json.Unmarshal` of sigs.k8s.io/json has them. Text is UTF-8.
///
/// A *stored object* is what [#stored] made. Methods that take one find their places by its form and check no more than
/// they need: on other bytes they throw [MalformedInput].
public final class Json {
    /// How deep values may nest; deeper input is refused. What walks a tree may therefore recurse.
    public static final int MAX_DEPTH = 1000;

    private static final int EXPECTED = 1024;
    private static final byte[] NOTHING = {};
    private static final byte[] REVISION = "\"resourceVersion\":\"".getBytes(StandardCharsets.US_ASCII);

    private Json() {
    }

    /// The one object in the bytes (UTF-8). Of a field given twice the last value counts.
    /// @throws MalformedInput when it is not one JSON object
    public static Struct object(byte[] bytes) {
        return document(bytes, 0, bytes.length).object();
    }

    /// The same without the fields that a mask leaves out, which are gone past without making anything of them.
    /// @throws MalformedInput when it is not one JSON object
    public static Struct object(byte[] bytes, FieldMask fields) {
        return document(JsonReader.read(bytes, 0, bytes.length, fields)).object();
    }

    /// The one object in a part of the bytes, with fields given twice listed.
    /// @param offset where it begins
    /// @param length bytes; what lies around is not looked at
    /// @throws MalformedInput when it is not one JSON object
    public static Document document(byte[] bytes, int offset, int length) {
        return document(JsonReader.read(bytes, offset, length));
    }

    private static Document document(JsonReader.Read read) {
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

    /// The same, with what is given twice: paths, as `[1].path`.
    /// @throws MalformedInput when it is not one JSON value
    public static Object value(byte[] bytes, Consumer<List<String>> duplicates) {
        JsonReader.Read read = JsonReader.read(bytes, 0, bytes.length);
        duplicates.accept(read.duplicates());
        return read.value();
    }

    /// A value as compact JSON. Names stand in the order of the tree, numbers as Go writes them, and nothing but
    /// quotes, backslashes and control characters is escaped.
    /// @throws IllegalArgumentException when it is not a value of a tree
    /// @throws IllegalStateException beyond 2 GiB
    public static byte[] bytes(Object value) {
        JsonWriter w = new JsonWriter(EXPECTED);
        w.value(value);
        return w.bytes();
    }

    /// A value as compact JSON text. As [#bytes].
    public static String text(Object value) {
        return new String(bytes(value), StandardCharsets.UTF_8);
    }

    /// A value as JSON with line breaks and two spaces of indent, as `?pretty=true` answers. The whole text is made at
    /// once; [PrettyJson] does the same to a stream.
    public static byte[] pretty(Object value) {
        return JsonPretty.bytes(value);
    }

    /// An object as it is stored: `apiVersion`, `kind`, `metadata` (without `resourceVersion`), the rest. The revision
    /// is left out because it is known only after the write, and is the datastore's to tell: the same bytes are stored
    /// for every attempt. Fields keep the order of the tree.
    /// @param object with `apiVersion`, `kind` and `metadata`; an absent one is written empty
    public static byte[] stored(Struct object) {
        return StoredForm.bytes(object);
    }

    /// `apiVersion`, `kind` and `metadata` of a stored object, without `managedFields`, at the cost of reading only
    /// these. For selectors and for what a controller asks of an object it does not look into; `managedFields` are
    /// often the greater part of an object.
    /// @throws MalformedInput when the bytes are not a stored object
    public static Struct head(byte[] stored) {
        return JsonReader.head(stored);
    }

    /// The position right after `"metadata":{` of a stored object, where `"resourceVersion":"7",` goes. Takes a
    /// comparison of some forty bytes; nothing is decoded.
    /// @throws MalformedInput when the bytes are not a stored object
    public static int hole(byte[] stored) {
        return StoredForm.hole(stored);
    }

    /// Where a label's key and value lie in the bytes of a stored object.
    public interface Labels {
        /// A label without escapes.
        /// @param key where the key begins, behind its quote
        /// @param keyEnd the quote that ends it
        /// @param value where the value begins, behind its quote
        /// @param valueEnd the quote that ends it
        void label(int key, int keyEnd, int value, int valueEnd);
    }

    /// Shows every label of a stored object without decoding anything; false when that is not possible. Some may have
    /// been shown before it turns out not to be possible. Never throws for damage.
    /// @param hole as [#hole]
    /// @param each called by this thread, in the order of the object
    public static boolean labels(byte[] stored, int hole, Labels each) {
        return StoredMetadata.labels(stored, hole, each);
    }

    /// The labels of a stored object, at the cost of reading only these.
    /// @param hole as [#hole]
    /// @return a map of its own, in the order of the object; empty when there are none
    /// @throws MalformedInput when the bytes are damaged
    public static Map<String, String> labels(byte[] stored, int hole) {
        return StoredMetadata.labels(stored, hole);
    }

    /// The position behind the brace that ends metadata. For who looks at what follows metadata, or puts something at
    /// its end.
    /// @param hole as [#hole]
    /// @throws MalformedInput when there is none
    public static int metadataEnd(byte[] stored, int hole) {
        return StoredMetadata.end(stored, hole);
    }

    /// Goes through the bytes from the first to the last and makes nothing of them: for who takes over bytes that
    /// others will read.
    /// @throws MalformedInput when they are not one object that [#object] reads
    public static void check(byte[] bytes) {
        JsonCheck.object(bytes);
    }

    /// What goes into the hole: `"resourceVersion":"7",`, without the comma when metadata is empty. ASCII.
    /// @param hole as [#hole]
    /// @throws MalformedInput when the bytes end at the hole
    public static byte[] revision(byte[] stored, int hole, long revision) {
        if (hole >= stored.length) {
            throw new MalformedInput("not a stored object: metadata does not end");
        }
        String digits = Long.toString(revision);
        boolean last = stored[hole] == '}';
        byte[] text = Arrays.copyOf(REVISION, REVISION.length + digits.length() + (last ? 1 : 2));
        int at = REVISION.length;
        for (int i = 0; i < digits.length(); i++) {
            text[at++] = (byte) digits.charAt(i);
        }
        text[at] = '"';
        if (!last) {
            text[at + 1] = ',';
        }
        return text;
    }

    /// A stored object with its revision. A new array; the stored bytes stay as they are.
    /// @throws MalformedInput when the bytes are not a stored object
    public static byte[] withRevision(byte[] stored, long revision) {
        return withRevision(NOTHING, stored, revision, NOTHING);
    }

    /// A stored object with its revision between two other texts. One copy into one array: a watch event is written
    /// this way.
    /// @throws MalformedInput when the bytes are not a stored object
    public static byte[] withRevision(byte[] before, byte[] stored, long revision, byte[] after) {
        int hole = hole(stored);
        byte[] fill = revision(stored, hole, revision);
        return ByteBuffer.allocate(before.length + stored.length + fill.length + after.length)
                .put(before).put(stored, 0, hole).put(fill).put(stored, hole, stored.length - hole).put(after).array();
    }

    /// Where the fields after `apiVersion` and `kind` begin in a stored object: `{` and the bytes from here are the
    /// object as an item of a list of a built-in kind. Upstream leaves both out of the items of a list of a built-in
    /// kind, and keeps them in those of a custom one.
    /// @throws MalformedInput when the bytes are not a stored object
    public static int afterKind(byte[] stored) {
        return StoredForm.kindEnd(stored) + 2;
    }
}
