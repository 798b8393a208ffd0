package io.k3j.codec;

import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.protobufwire.Growth;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes JSON into a growing array. One writer, one text.
///
/// The bytes are those that every client and every stored object see, so numbers and escapes are Go's
/// (`encoding/json`). Go also escapes `<`, `>` and `&`; here they stand for themselves, which every reader takes alike.
/// The tree decides the order of names.
final class JsonWriter {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    /// How many chars are looked at between two checks of room. A long string full of escapes makes the array six times
    /// as long as it, but only where it has them.
    private static final int PART = 512;
    /// What is written lies from 0 to `size`; doubled when it is too short.
    private byte[] buffer;
    private int size;

    /// @param expected bytes, about
    JsonWriter(int expected) {
        buffer = new byte[expected];
    }

    /// A copy of what has been written.
    byte[] bytes() {
        return Arrays.copyOf(buffer, size);
    }

    /// Text as it is, which has only ASCII and needs no escape.
    JsonWriter raw(String ascii) {
        need(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            buffer[size++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    /// @throws IllegalArgumentException when it is no value of a tree
    void value(Object value) {
        switch (value) {
            case String s -> string(s);
            case Struct s -> struct(s);
            case Seq s -> seq(s);
            case Long l -> raw(Long.toString(l));
            case Boolean b -> raw(b ? "true" : "false");
            case Double d -> raw(number(d));
            case Null n -> raw("null");
            default -> throw new IllegalArgumentException("not a tree value: " + value.getClass().getName());
        }
    }

    private void struct(Struct s) {
        one('{');
        for (int i = 0; i < s.size(); i++) {
            if (i > 0) {
                one(',');
            }
            field(s.name(i), s.value(i));
        }
        one('}');
    }

    /// A name, a colon and a value; the comma before it is the caller's.
    void field(String name, Object value) {
        name(name);
        value(value);
    }

    void name(String name) {
        string(name);
        one(':');
    }

    private void seq(Seq s) {
        one('[');
        for (int i = 0; i < s.size(); i++) {
            if (i > 0) {
                one(',');
            }
            value(s.get(i));
        }
        one(']');
    }

    /// One ASCII character.
    void one(char c) {
        need(1);
        buffer[size++] = (byte) c;
    }

    /// Most strings are plain to their end, so room is made for one byte per char first.
    /// @param s may hold anything; half a pair of surrogates is written as U+FFFD
    void string(String s) {
        int length = s.length();
        need(length + 2);
        byte[] b = buffer;
        int n = size;
        b[n++] = '"';
        int i = 0;
        for (char c; i < length && plain(c = s.charAt(i)); i++) {
            b[n++] = (byte) c;
        }
        size = n;
        while (i < length) {
            i = part(s, i, Math.min(length, i + PART));
        }
        one('"');
    }

    /// Whether a char is one byte that stands for itself.
    private static boolean plain(char c) {
        return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
    }

    /// Every char takes at most six bytes (an escape), so one check of room is enough for a part.
    /// @param from where the part begins
    /// @param to where it ends, or one char later
    /// @return where the next part begins: a pair of surrogates is not parted
    private int part(String s, int from, int to) {
        int length = s.length();
        need((to - from) * 6);
        byte[] b = buffer;
        int n = size;
        int i = from;
        for (; i < to; i++) {
            char c = s.charAt(i);
            if (plain(c)) {
                b[n++] = (byte) c;
            } else if (c < 0x80) {
                n = escape(b, n, c);
            } else if (c < 0x800) {
                b[n++] = (byte) (0xc0 | c >> 6);
                b[n++] = (byte) (0x80 | c & 0x3f);
            } else if (Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(s.charAt(i + 1))) {
                n = four(b, n, Character.toCodePoint(c, s.charAt(++i)));
            } else {
                n = three(b, n, Character.isSurrogate(c) ? '\uFFFD' : c);
            }
        }
        size = n;
        return i;
    }

    /// A char of the basic plane as UTF-8. Half a pair of surrogates has become U+FFFD before, as in Go.
    private static int three(byte[] b, int n, char c) {
        b[n] = (byte) (0xe0 | c >> 12);
        b[n + 1] = (byte) (0x80 | c >> 6 & 0x3f);
        b[n + 2] = (byte) (0x80 | c & 0x3f);
        return n + 3;
    }

    /// A code point beyond the basic plane as UTF-8.
    private static int four(byte[] b, int n, int point) {
        b[n] = (byte) (0xf0 | point >> 18);
        b[n + 1] = (byte) (0x80 | point >> 12 & 0x3f);
        b[n + 2] = (byte) (0x80 | point >> 6 & 0x3f);
        b[n + 3] = (byte) (0x80 | point & 0x3f);
        return n + 4;
    }

    /// Go writes `\b` and `\f` short since 1.22, and other control characters with four hexadecimal digits in lower
    /// case.
    private static int escape(byte[] b, int from, char c) {
        int n = from;
        b[n++] = '\\';
        switch (c) {
            case '"', '\\' -> b[n++] = (byte) c;
            case '\n' -> b[n++] = 'n';
            case '\r' -> b[n++] = 'r';
            case '\t' -> b[n++] = 't';
            case '\b' -> b[n++] = 'b';
            case '\f' -> b[n++] = 'f';
            default -> {
                b[n++] = 'u';
                b[n++] = '0';
                b[n++] = '0';
                b[n++] = HEX[c >> 4];
                b[n++] = HEX[c & 15];
            }
        }
        return n;
    }

    /// As Go writes a float64: plain digits between 1e-6 and 1e21, else with an exponent. Infinity and NaN do not come
    /// out of any reader here. Below 1e15 a whole number is exact as a long; a zero keeps its sign, as in Go.
    static String number(double d) {
        if (d == Math.rint(d) && Math.abs(d) < 1e15) {
            return d == 0 && 1 / d < 0 ? "-0" : Long.toString((long) d);
        }
        double size = Math.abs(d);
        if (size >= 1e-6 && size < 1e21) {
            return new BigDecimal(Double.toString(d)).stripTrailingZeros().toPlainString();
        }
        String s = Double.toString(d);
        int e = s.indexOf('E');
        String digits = s.startsWith(".0", e - 2) ? s.substring(0, e - 2) : s.substring(0, e);
        String power = s.substring(e + 1);
        return digits + "e" + (power.startsWith("-") ? power : "+" + power);
    }

    /// @throws IllegalStateException beyond 2 GiB
    private void need(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Growth.next(buffer.length, size, more));
        }
    }
}
