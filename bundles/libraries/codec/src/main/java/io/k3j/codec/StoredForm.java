package io.k3j.codec;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;

/// The stored form: fields in a fixed order, a hole for the revision.
///
/// Everything that finds a place in stored bytes relies on this order: `apiVersion`, `kind` and `metadata` come first,
/// in this order and without a space.
final class StoredForm {
    /// Bytes; a pod without `managedFields` has about as many.
    private static final int EXPECTED = 2048;
    /// What stands before the version, the kind and the fields of metadata, byte for byte.
    private static final byte[] VERSION = ascii("{\"apiVersion\":\"");
    private static final byte[] KIND = ascii("\",\"kind\":\"");
    private static final byte[] METADATA = ascii("\",\"metadata\":{");

    private StoredForm() {
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /// As [Json#stored].
    static byte[] bytes(Struct object) {
        JsonWriter w = new JsonWriter(EXPECTED);
        w.raw("{\"apiVersion\":");
        w.string(object.text("apiVersion"));
        w.raw(",\"kind\":");
        w.string(object.text("kind"));
        w.raw(",\"metadata\":");
        w.value(object.struct("metadata").without("resourceVersion"));
        for (int i = 0; i < object.size(); i++) {
            switch (object.name(i)) {
                case "apiVersion", "kind", "metadata" -> {
                }
                default -> {
                    w.one(',');
                    w.field(object.name(i), object.value(i));
                }
            }
        }
        w.one('}');
        return w.bytes();
    }

    /// As [Json#hole].
    static int hole(byte[] stored) {
        return expect(stored, kindEnd(stored), METADATA);
    }

    /// The position of the quote that ends the kind.
    static int kindEnd(byte[] stored) {
        int version = expect(stored, 0, VERSION);
        int kind = expect(stored, quote(stored, version), KIND);
        return quote(stored, kind);
    }

    /// The position behind a text that has to be here.
    private static int expect(byte[] stored, int at, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (at + i >= stored.length || stored[at + i] != text[i]) {
                throw new MalformedInput("not a stored object: " + new String(text, StandardCharsets.US_ASCII)
                        + " is missing at position " + at);
            }
        }
        return at + text.length;
    }

    /// The quote that ends a string; neither versions nor kinds hold an escape that matters here.
    private static int quote(byte[] stored, int from) {
        for (int i = from; i < stored.length; i++) {
            if (stored[i] == '\\') {
                i++;
            } else if (stored[i] == '"') {
                return i;
            }
        }
        throw new MalformedInput("not a stored object: a string does not end");
    }
}
