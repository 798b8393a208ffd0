package io.k3j.codec;

import java.util.BitSet;

/// Goes through one JSON object from its first byte to its last and keeps nothing: whether it can be read, at a small
/// part of the cost of reading it. What is rare (a number that is long or has an exponent, a long name) is left to
/// [JsonReader], so that both agree. One check, one text.
final class JsonCheck {
    /// Numbers up to this length need no look at how large they are.
    private static final int SHORT_NUMBER = 300;
    /// Longer names are left to the reader, which bounds them.
    private static final int SHORT_NAME = 1 << 10;
    private static final byte PLAIN = 0;
    private static final byte QUOTE = 1;
    private static final byte ESCAPE = 2;
    private static final byte WRONG = 3;
    /// Two, three and four bytes of UTF-8 begin so: that many follow, and one more than `WRONG`.
    private static final byte[] KINDS = kinds();
    private final byte[] json;
    private int at;
    /// Whether something was met that only the reader can judge.
    private boolean rare;

    private JsonCheck(byte[] json) {
        this.json = json;
    }

    private static byte[] kinds() {
        byte[] kinds = new byte[256];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = i < ' ' || i >= 0x80 && i < 0xC0 || i >= 0xF8 ? WRONG
                    : i < 0x80 ? PLAIN : (byte) (WRONG + (i < 0xE0 ? 1 : i < 0xF0 ? 2 : 3));
        }
        kinds['"'] = QUOTE;
        kinds['\\'] = ESCAPE;
        return kinds;
    }

    /// @throws MalformedInput when it is not one JSON object that [Json#object] reads
    static void object(byte[] json) {
        JsonCheck check = new JsonCheck(json);
        check.run();
        if (check.rare) {
            Json.object(json);
        }
    }

    /// Without recursion; of each level only whether it is an object is remembered.
    private void run() {
        BitSet objects = new BitSet();
        int depth = 0;
        boolean begins = true;
        expect('{');
        objects.set(depth++);
        while (depth > 0) {
            boolean object = objects.get(depth - 1);
            byte next = peek();
            if (next == (object ? '}' : ']')) {
                at++;
                depth--;
                begins = false;
                continue;
            }
            if (!begins) {
                expect(',');
            }
            if (object) {
                name();
            }
            next = peek();
            begins = next == '{' || next == '[';
            if (begins) {
                at++;
                objects.set(depth++, next == '{');
                rare |= depth > Json.MAX_DEPTH;
            } else {
                scalar(next);
            }
        }
        if (skip() != json.length) {
            throw wrong("more text after the top-level value");
        }
    }

    private void name() {
        int start = at;
        expect('"');
        text();
        rare |= at - start > SHORT_NAME;
        expect(':');
    }

    private void scalar(byte first) {
        switch (first) {
            case '"' -> {
                at++;
                text();
            }
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    /// The rest of a text behind its quote.
    private void text() {
        byte[] bytes = json;
        int i = at;
        while (i < bytes.length) {
            byte kind = KINDS[bytes[i++] & 0xFF];
            if (kind == PLAIN) {
                continue;
            }
            if (kind == QUOTE) {
                at = i;
                return;
            }
            i = kind == ESCAPE ? escape(i) : kind == WRONG ? -1 : continued(i, kind - WRONG);
            if (i < 0) {
                throw wrong("a text that is damaged");
            }
        }
        throw ended();
    }

    /// Behind an escape; -1 when there is no such escape.
    private int escape(int from) {
        if (from >= json.length) {
            throw ended();
        }
        return switch (json[from]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> from + 1;
            case 'u' -> {
                int end = from + 5;
                for (int i = from + 1; i < end; i++) {
                    if (i >= json.length) {
                        throw ended();
                    }
                    end = Character.digit(json[i], 16) < 0 ? -1 : end;
                }
                yield end;
            }
            default -> -1;
        };
    }

    /// Behind so many bytes that continue a character; -1 when one does not.
    private int continued(int from, int count) {
        int end = from + count;
        for (int i = from; i < from + count; i++) {
            if (i >= json.length) {
                throw ended();
            }
            end = (json[i] & 0xC0) == 0x80 ? end : -1;
        }
        return end;
    }

    private void number() {
        int start = at;
        boolean fraction = false;
        if (json[at] == '-') {
            at++;
        }
        int whole = digits();
        if (whole > 1 && json[at - whole] == '0') {
            throw wrong("a number with a leading zero");
        }
        if (at < json.length && json[at] == '.') {
            at++;
            digits();
        }
        if (at < json.length && (json[at] | 0x20) == 'e') {
            at++;
            fraction = true;
            if (at < json.length && (json[at] == '+' || json[at] == '-')) {
                at++;
            }
            digits();
        }
        rare |= fraction || at - start > SHORT_NUMBER;
    }

    /// How many there are, at least one.
    private int digits() {
        int start = at;
        while (at < json.length && json[at] >= '0' && json[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw at == json.length ? ended() : wrong("an unexpected character");
        }
        return at - start;
    }

    private void word(String word) {
        for (int i = 0; i < word.length(); i++, at++) {
            if (at >= json.length) {
                throw ended();
            }
            if (json[at] != word.charAt(i)) {
                throw wrong("an unexpected character");
            }
        }
    }

    /// The next byte behind white space, which stays the next one.
    private byte peek() {
        if (skip() == json.length) {
            throw ended();
        }
        return json[at];
    }

    private void expect(char wanted) {
        if (peek() != wanted) {
            throw wrong("an unexpected character");
        }
        at++;
    }

    private int skip() {
        while (at < json.length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\t' || json[at] == '\r')) {
            at++;
        }
        return at;
    }

    private static MalformedInput ended() {
        return new MalformedInput("unexpected end of JSON input");
    }

    /// Where, and nothing of the content.
    private MalformedInput wrong(String what) {
        return new MalformedInput("invalid JSON: " + what + " (byte " + at + ")");
    }
}
