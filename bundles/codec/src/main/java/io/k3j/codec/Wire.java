package io.k3j.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads the fields of one protobuf message out of a larger array: [#next] and then what the field is read as, or
/// [#skip]. Nothing is copied before it is asked for, and no byte is read twice. Whatever the bytes are, a method
/// answers or throws [MalformedInput]. One thread.
public final class Wire {
    /// The wire type of whole numbers.
    public static final int VARINT = 0;
    static final int FIXED64 = 1;
    /// The wire type of texts, bytes, messages and packed lists.
    public static final int LENGTH = 2;
    static final int FIXED32 = 5;
    final byte[] bytes;
    private int at;
    private final int end;
    private int wire;

    /// A message that is the whole array, which stays the caller's and must not change meanwhile.
    public Wire(byte[] message) {
        this(message, 0, message.length);
    }

    Wire(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /// The number of the next field, 0 at the end. The field before must have been read or skipped.
    public int next() {
        if (at >= end) {
            return 0;
        }
        long tag = varint();
        wire = (int) (tag & 7);
        int number = (int) (tag >>> 3);
        if (number <= 0 || tag >>> 3 > 1 << 29) {
            throw damaged("field number");
        }
        return number;
    }

    /// The wire type of the current field.
    public int wire() {
        return wire;
    }

    /// The whole number in the current field; in a packed list, the next one.
    public long number() {
        expect(VARINT);
        return varint();
    }

    /// The `double` in the current field.
    public double decimal() {
        expect(FIXED64);
        need(8);
        at += 8;
        return ByteBuffer.wrap(bytes, at - 8, 8).order(ByteOrder.LITTLE_ENDIAN).getDouble();
    }

    /// The message or the packed list in the current field.
    public Wire message() {
        int length = length();
        Wire inner = new Wire(bytes, at, at + length);
        at += length;
        return inner;
    }

    /// A copy of the bytes of the current field.
    public byte[] raw() {
        int length = length();
        byte[] copy = new byte[length];
        System.arraycopy(bytes, at, copy, 0, length);
        at += length;
        return copy;
    }

    /// The text in the current field; what is not UTF-8 becomes U+FFFD.
    public String text() {
        int length = length();
        int from = at;
        at += length;
        for (int i = from; i < at; i++) {
            if (bytes[i] < 0) {
                // what is not UTF-8 becomes U+FFFD, as where upstream makes JSON of such text
                return new String(bytes, from, length, StandardCharsets.UTF_8);
            }
        }
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    /// Whether nothing is left to read, which ends a packed list.
    public boolean ended() {
        return at >= end;
    }

    /// Everything not read yet.
    Wire rest() {
        return new Wire(bytes, at, end);
    }

    /// Goes past the current field.
    public void skip() {
        switch (wire) {
            case VARINT -> varint();
            case FIXED64 -> move(8);
            case LENGTH -> move(length());
            case FIXED32 -> move(4);
            default -> throw damaged("wire type " + wire);
        }
    }

    private void move(int more) {
        need(more);
        at += more;
    }

    private int length() {
        expect(LENGTH);
        long n = varint();
        if (n < 0 || n > end - at) {
            throw damaged("length " + n);
        }
        return (int) n;
    }

    private void expect(int type) {
        if (wire != type) {
            throw damaged("wire type " + wire + " where " + type + " is expected");
        }
    }

    private void need(int more) {
        if (end - at < more) {
            throw damaged("end");
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            need(1);
            byte b = bytes[at++];
            value |= (long) (b & 127) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged("number");
    }

    MalformedInput damaged(String what) {
        return new MalformedInput("invalid protobuf: unexpected " + what + " at position " + at);
    }
}
