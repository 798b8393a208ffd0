package io.k3j.flowcontrol;

/// What a body may come to while it is worked on, in bytes of memory: `{},` is three bytes and an object with all its
/// defaults. Told by one pass over its bytes, before anything is made of them; more than it will be rather than less.
/// Pure.
final class BodyWeight {
    /// The body itself, the text in its tree, what is stored and what is answered.
    private static final int BYTE = 8;
    /// A value in a tree, its name, and who owns it.
    private static final int VALUE = 64;
    /// The same of an apply, which makes a set of all its fields and compares it with those of others.
    private static final int APPLIED_VALUE = 192;
    /// An object or list, with its defaults.
    private static final int ELEMENT = 512;
    /// Of protobuf: a field with a length, and a length that leaves room for few fields.
    private static final int WIRE_TYPE = 7;
    private static final int LENGTH_DELIMITED = 2;
    private static final int SHORT = 64;
    /// Of CBOR: the upper three bits of an item's first byte say what it is, the lower ones its length or how many
    /// bytes of length follow.
    private static final int ARGUMENT = 0x1f;
    private static final int ONE_BYTE = 24;
    private static final int EIGHT_BYTES = 27;
    private final byte[] body;
    private final int value;
    private long weight;

    private BodyWeight(byte[] body, int value) {
        this.body = body;
        this.value = value;
        this.weight = (long) BYTE * body.length;
    }

    /// The least that a body of a length weighs: one text.
    static long least(int length) {
        return (long) BYTE * length;
    }

    /// @param mediaType without parameters, in lower case
    static long of(byte[] body, String mediaType) {
        BodyWeight weight = new BodyWeight(body, mediaType.contains("apply") ? APPLIED_VALUE : VALUE);
        if (mediaType.endsWith("json")) {
            weight.json();
        } else if (mediaType.endsWith("protobuf")) {
            weight.protobuf();
        } else if (mediaType.endsWith("cbor")) {
            weight.cbor();
        } else {
            weight.yaml();
        }
        return weight.weight;
    }

    /// Signs within quotes are text.
    private void json() {
        boolean quoted = false;
        for (int i = 0; i < body.length; i++) {
            byte b = body[i];
            if (quoted) {
                quoted = b != '"';
                i += b == '\\' ? 1 : 0;
            } else if (b == '"') {
                quoted = true;
            } else {
                sign(b);
            }
        }
    }

    private void sign(byte b) {
        switch (b) {
            case '{', '[' -> weight += ELEMENT;
            case ',', ':' -> weight += value;
            default -> {
            }
        }
    }

    /// Where its texts end is not asked: a comment may hold one quote.
    private void yaml() {
        for (int i = 0; i < body.length; i++) {
            byte b = body[i];
            sign(b);
            if (b == '\n') {
                weight += value;
            } else if (b == '-' && (i + 1 == body.length || body[i + 1] <= ' ')) {
                weight += ELEMENT;
            }
        }
    }

    /// What is in an array or map follows it, so that items are passed one after the other.
    private void cbor() {
        long at = 0;
        while (at < body.length) {
            int first = body[(int) at++] & 0xff;
            int kind = first >> 5;
            weight += kind == 4 || kind == 5 ? ELEMENT : value;
            long argument = first & ARGUMENT;
            if (argument >= ONE_BYTE && argument <= EIGHT_BYTES) {
                int width = 1 << argument - ONE_BYTE;
                argument = unsigned((int) at, width);
                at += width;
            }
            at += (kind == 2 || kind == 3) && (first & ARGUMENT) != ARGUMENT ? argument : 0;
        }
    }

    /// A number of some bytes, no more than the body is long: no text of it can be longer.
    private long unsigned(int from, int width) {
        long number = 0;
        for (int i = from; i < Math.min(from + width, body.length); i++) {
            number = Math.min(number << 8 | body[i] & 0xff, body.length);
        }
        return number;
    }

    /// Whether a field is a text or a message only its type knows: each short one may be a message.
    private void protobuf() {
        for (int i = 0; i + 1 < body.length; i++) {
            if ((body[i] & WIRE_TYPE) == LENGTH_DELIMITED) {
                int length = body[body[i] < 0 && i + 2 < body.length ? i + 2 : i + 1];
                weight += length >= 0 && length < SHORT ? ELEMENT : 0;
            }
        }
    }
}
