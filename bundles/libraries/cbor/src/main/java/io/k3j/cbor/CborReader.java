package io.k3j.cbor;

import io.k3j.codec.MalformedInput;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads one data item (RFC 8949). What upstream's decoder refuses is refused, but for its bounds of 1 024 elements.
/// One reader, one item.
///
/// Nothing is made by a length that is only told: what a length counts has to be there.
final class CborReader {
    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int TAG = 6;
    private static final int ARGUMENT = 0x1f;
    private static final int ONE_BYTE = 24;
    private static final int EIGHT_BYTES = 27;
    /// In place of an argument: a break ends the item.
    private static final int INDEFINITE = 31;
    private static final int BREAK = 0xff;
    private static final int FALSE = 20;
    private static final int TRUE = 21;
    private static final int NULL = 22;
    private static final int HALF = 25;
    private static final int SINGLE = 26;
    private static final int DOUBLE = 27;
    /// Tags of numbers beyond 64 bits.
    private static final int BIGNUM = 2;
    private static final int NEGATIVE_BIGNUM = 3;
    /// Tags of byte strings that stand for a text in some base.
    private static final int BASE64_URL = 21;
    private static final int BASE64 = 22;
    private static final int BASE16 = 23;
    /// How much of a name is repeated in an answer.
    private static final int TOLD_NAME = 100;
    private final byte[] in;
    private final int deepest;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
    private int at;

    private CborReader(byte[] in, int deepest) {
        this.in = in;
        this.deepest = deepest;
    }

    /// The value in the bytes.
    /// @param deepest how many maps and arrays may lie in each other
    /// @throws MalformedInput when it is not one value of a tree
    static Object read(byte[] bytes, int deepest) {
        CborReader reader = new CborReader(bytes, deepest);
        Object value = reader.item(0, false);
        if (reader.at != bytes.length) {
            throw new MalformedInput("cbor: " + (bytes.length - reader.at)
                    + " bytes of extraneous data starting at index " + reader.at);
        }
        return value;
    }

    /// @param base64 whether a tag around it says that byte strings stand for base 64
    private Object item(int depth, boolean base64) {
        int first = next();
        boolean encoded = base64;
        while (first >> 5 == TAG) {
            encoded |= tag(argument(first));
            first = next();
        }
        return switch (first >> 5) {
            case UNSIGNED -> whole(first);
            case NEGATIVE -> -1 - whole(first);
            case BYTES -> {
                ByteBuffer bytes = string(first);
                yield encoded ? text(Base64.getEncoder().encode(bytes)) : text(bytes);
            }
            case TEXT -> text(string(first));
            case ARRAY -> array(first, deeper(depth), encoded);
            case MAP -> map(first, deeper(depth), encoded);
            default -> simple(first);
        };
    }

    /// @return whether byte strings behind it stand for base 64
    private static boolean tag(long number) {
        if (number == BIGNUM || number == NEGATIVE_BIGNUM) {
            throw new MalformedInput("cbor: bignum is disallowed");
        }
        if (number == BASE64_URL || number == BASE16) {
            throw new MalformedInput("cbor: byte strings with tag " + number + " are not recognized, use tag "
                    + BASE64);
        }
        return number == BASE64;
    }

    private int deeper(int depth) {
        if (depth == deepest) {
            throw new MalformedInput("cbor: exceeded max nested level " + deepest);
        }
        return depth + 1;
    }

    private int next() {
        if (at == in.length) {
            throw new MalformedInput("cbor: unexpected end of data");
        }
        return in[at++] & 0xff;
    }

    /// The number in or behind the first byte of an item, negative beyond 63 bits.
    private long argument(int first) {
        int low = first & ARGUMENT;
        if (low < ONE_BYTE) {
            return low;
        }
        if (low > EIGHT_BYTES) {
            throw new MalformedInput("cbor: invalid additional information " + low + " for type " + (first >> 5));
        }
        long number = 0;
        for (int i = 1 << low - ONE_BYTE; i > 0; i--) {
            number = number << 8 | next();
        }
        return number;
    }

    private long whole(int first) {
        long number = argument(first);
        if (number < 0) {
            throw new MalformedInput("cbor: a whole number overflows Go's int64");
        }
        return number;
    }

    /// How many items or bytes follow, of which each takes one byte at least.
    private int length(int first) {
        long length = argument(first);
        if (length < 0 || length > in.length - at) {
            throw new MalformedInput("cbor: unexpected end of data");
        }
        return (int) length;
    }

    private static boolean indefinite(int first) {
        return (first & ARGUMENT) == INDEFINITE;
    }

    /// Goes past a break, when one is here.
    private boolean ended() {
        if (at < in.length && (in[at] & 0xff) == BREAK) {
            at++;
            return true;
        }
        return false;
    }

    /// The bytes of a string of either kind, of its parts where its length is not told.
    private ByteBuffer string(int first) {
        if (!indefinite(first)) {
            int length = length(first);
            at += length;
            return ByteBuffer.wrap(in, at - length, length);
        }
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        while (!ended()) {
            int part = next();
            if (part >> 5 != first >> 5 || indefinite(part)) {
                throw new MalformedInput("cbor: wrong element type in a string of indefinite length");
            }
            int length = length(part);
            parts.write(in, at, length);
            at += length;
        }
        return ByteBuffer.wrap(parts.toByteArray());
    }

    private String text(ByteBuffer bytes) {
        try {
            return utf8.decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedInput("cbor: invalid UTF-8 string");
        }
    }

    private Seq array(int first, int depth, boolean base64) {
        boolean open = indefinite(first);
        int left = open ? 0 : length(first);
        List<Object> elements = new ArrayList<>();
        while (open ? !ended() : left-- > 0) {
            elements.add(item(depth, base64));
        }
        return Seq.owning(elements.toArray());
    }

    /// A map with a name twice is no valid CBOR, so that it is refused where JSON would warn.
    private Struct map(int first, int depth, boolean base64) {
        boolean open = indefinite(first);
        int left = open ? 0 : length(first);
        Map<String, Object> fields = new LinkedHashMap<>();
        while (open ? !ended() : left-- > 0) {
            String name = name(next());
            if (fields.putIfAbsent(name, item(depth, base64)) != null) {
                throw new MalformedInput("cbor: found duplicate map key \""
                        + (name.length() > TOLD_NAME ? name.substring(0, TOLD_NAME) + "…" : name) + "\"");
            }
        }
        return Struct.owning(fields.keySet().toArray(String[]::new), fields.values().toArray());
    }

    private String name(int first) {
        if (first >> 5 != TEXT && first >> 5 != BYTES) {
            throw new MalformedInput("cbor: names of a map are strings, one of type " + (first >> 5) + " is not");
        }
        return text(string(first));
    }

    private Object simple(int first) {
        return switch (first & ARGUMENT) {
            case FALSE -> false;
            case TRUE -> true;
            case NULL -> Null.NULL;
            case HALF -> decimal(Float.float16ToFloat((short) argument(first)));
            case SINGLE -> decimal(Float.intBitsToFloat((int) argument(first)));
            case DOUBLE -> decimal(Double.longBitsToDouble(argument(first)));
            default -> throw new MalformedInput(
                    "cbor: simple values other than true, false and null are not recognized");
        };
    }

    private static double decimal(double number) {
        if (!Double.isFinite(number)) {
            throw new MalformedInput("cbor: floating-point NaN and infinities are disallowed");
        }
        return number;
    }
}
