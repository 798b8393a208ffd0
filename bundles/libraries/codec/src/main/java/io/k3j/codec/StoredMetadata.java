package io.k3j.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// Finds what lies in the metadata of a stored object without decoding anything: a string ends at its quote, a value at
/// its bracket. What is not compact JSON, or has an escape in its labels, is said to be so and has to be decoded.
///
/// Label selectors look at every object of a list and every event, so this is what a selector costs. Nothing here makes
/// an object but [#labels(byte[], int)].
final class StoredMetadata {
    /// The name and the colon; a value that is no object is not looked at.
    private static final byte[] LABELS = "\"labels\":".getBytes(StandardCharsets.US_ASCII);
    /// Eight bytes of an array as one number, the first byte lowest.
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    /// The lowest bit of every byte.
    private static final long LOW = 0x0101010101010101L;
    /// The highest bit of every byte.
    private static final long HIGH = LOW << 7;
    private static final long QUOTES = LOW * '"';
    private static final long BACKSLASHES = LOW * '\\';
    /// There are no labels.
    private static final int ABSENT = -1;
    /// It is not as it is written here.
    private static final int UNSURE = -2;

    private StoredMetadata() {
    }

    /// The position right behind metadata's closing brace. Brackets are counted from the brace of metadata, the byte
    /// before the hole.
    /// @throws MalformedInput when there is none
    static int end(byte[] stored, int hole) {
        return behind(stored, hole - 1);
    }

    /// Shows every label; false when they cannot be told without decoding.
    /// @param each shown in the order of the bytes
    static boolean labels(byte[] stored, int hole, Json.Labels each) {
        try {
            int at = labelsAt(stored, hole);
            return at == ABSENT || at != UNSURE && pairs(stored, at, each);
        } catch (MalformedInput | ArrayIndexOutOfBoundsException damaged) {
            return false;
        }
    }

    /// Every label as text, by decoding metadata where that is needed.
    /// @throws MalformedInput when the bytes are damaged
    static Map<String, String> labels(byte[] stored, int hole) {
        Map<String, String> all = new LinkedHashMap<>();
        boolean told = labels(stored, hole, (key, keyEnd, value, valueEnd) -> all.put(text(stored, key, keyEnd),
                text(stored, value, valueEnd)));
        return told ? all : JsonReader.head(stored).struct("metadata").struct("labels").texts();
    }

    /// Of bytes without escapes.
    private static String text(byte[] stored, int from, int to) {
        return new String(stored, from, to - from, StandardCharsets.UTF_8);
    }

    /// Where the value of `labels` begins. Names are compared as they stand: [JsonWriter] escapes no letter.
    private static int labelsAt(byte[] b, int hole) {
        int at = hole;
        while (b[at] == '"') {
            if (starts(b, at, LABELS)) {
                return b[at + LABELS.length] == '{' ? at + LABELS.length : UNSURE;
            }
            int colon = behindString(b, at);
            if (b[colon] != ':') {
                return UNSURE;
            }
            int next = behind(b, colon + 1);
            if (b[next] != ',') {
                return b[next] == '}' ? ABSENT : UNSURE;
            }
            at = next + 1;
        }
        return b[at] == '}' ? ABSENT : UNSURE;
    }

    /// Whether a text is here.
    private static boolean starts(byte[] b, int at, byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (at + i >= b.length || b[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /// `"key":"value"` after `"key":"value"`, without escapes.
    /// @param brace where the value of `labels` begins
    /// @return whether all of them were like that
    private static boolean pairs(byte[] b, int brace, Json.Labels each) {
        int at = brace + 1;
        if (b[at] == '}') {
            return true;
        }
        while (b[at] == '"') {
            int keyEnd = plainEnd(b, at + 1);
            if (keyEnd < 0 || b[keyEnd + 1] != ':' || b[keyEnd + 2] != '"') {
                return false;
            }
            int valueEnd = plainEnd(b, keyEnd + 3);
            if (valueEnd < 0) {
                return false;
            }
            each.label(at + 1, keyEnd, keyEnd + 3, valueEnd);
            if (b[valueEnd + 1] != ',') {
                return b[valueEnd + 1] == '}';
            }
            at = valueEnd + 2;
        }
        return false;
    }

    /// The quote that ends a string without escapes, -1 when it has one. A quote or a backslash is one byte in UTF-8,
    /// and never a part of another character.
    /// @throws ArrayIndexOutOfBoundsException when there is neither
    static int plainEnd(byte[] b, int from) {
        int end = special(b, from);
        return b[end] == '"' ? end : -1;
    }

    /// @param quote the one that begins it
    /// @throws MalformedInput when it does not end
    private static int behindString(byte[] b, int quote) {
        int at = special(b, quote + 1);
        while (at < b.length && b[at] != '"') {
            at = special(b, at + 2);
        }
        if (at >= b.length) {
            throw new MalformedInput("not a stored object: a string does not end");
        }
        return at + 1;
    }

    /// The next quote or backslash, eight bytes at a time; the end when there is none. A byte of zero after the
    /// exclusive or is what is looked for; the trick is that of Hacker's Delight, 6-1.
    private static int special(byte[] b, int from) {
        int at = from;
        for (; at <= b.length - Long.BYTES; at += Long.BYTES) {
            long bytes = (long) LONGS.get(b, at);
            long found = (zero(bytes ^ QUOTES) | zero(bytes ^ BACKSLASHES)) & HIGH;
            if (found != 0) {
                return at + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (at < b.length && b[at] != '"' && b[at] != '\\') {
            at++;
        }
        return at;
    }

    /// The high bit of the lowest byte that is zero; what lies above it means nothing.
    private static long zero(long bytes) {
        return bytes - LOW & ~bytes;
    }

    /// The position behind the value that begins at `from`.
    /// @throws MalformedInput when a string or bracket does not end
    /// @throws ArrayIndexOutOfBoundsException when nothing is there
    static int behind(byte[] b, int from) {
        return switch (b[from]) {
            case '"' -> behindString(b, from);
            case '{', '[' -> behindBrackets(b, from);
            default -> behindScalar(b, from);
        };
    }

    /// Counts both kinds of brackets as one: stored bytes were written by a writer that pairs them. No recursion, so
    /// that no depth is too deep.
    private static int behindBrackets(byte[] b, int from) {
        int depth = 0;
        for (int at = from; at < b.length; at++) {
            switch (b[at]) {
                case '"' -> at = behindString(b, at) - 1;
                case '{', '[' -> depth++;
                case '}', ']' -> depth--;
                default -> {
                }
            }
            if (depth == 0) {
                return at + 1;
            }
        }
        throw new MalformedInput("not a stored object: a value does not end");
    }

    /// A number, `true`, `false` or `null`.
    /// @throws ArrayIndexOutOfBoundsException when it does not end
    private static int behindScalar(byte[] b, int from) {
        int at = from;
        while (b[at] != ',' && b[at] != '}' && b[at] != ']') {
            at++;
        }
        return at;
    }
}
