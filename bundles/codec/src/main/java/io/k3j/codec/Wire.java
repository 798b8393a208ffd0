package io.k3j.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Reads the fields of one protobuf message out of a larger array.
final class Wire {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int FIXED32 = 5;
    final byte[] bytes;
    private int at;
    private final int end;
    private int wire;

    Wire(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /// The number of the next field, 0 at the end.
    int next() {
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

    int wire() {
        return wire;
    }

    long number() {
        expect(VARINT);
        return varint();
    }

    double decimal() {
        expect(FIXED64);
        need(8);
        at += 8;
        return ByteBuffer.wrap(bytes, at - 8, 8).order(ByteOrder.LITTLE_ENDIAN).getDouble();
    }

    /// The message in the current field.
    Wire message() {
        int length = length();
        Wire inner = new Wire(bytes, at, at + length);
        at += length;
        return inner;
    }

    /// The bytes of the current field.
    byte[] raw() {
        int length = length();
        byte[] copy = new byte[length];
        System.arraycopy(bytes, at, copy, 0, length);
        at += length;
        return copy;
    }

    String text() {
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

    /// Everything not read yet.
    Wire rest() {
        return new Wire(bytes, at, end);
    }

    void skip() {
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
