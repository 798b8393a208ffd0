package io.k3j.protobufwire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads the fields of one protobuf message out of a larger array: [#next], and then what the field is read as, or
/// [#skip]. Nothing is copied before it is asked for, and no byte is read twice. Whatever the bytes are, a method
/// answers or throws [MalformedMessage]; after that the reader is of no use. One thread.
///
/// A field may come more than once and in any order; what that means (the last one, a list, a merge) is the caller's.
/// How deep the caller follows messages into each other is the caller's to bound: here a depth costs one object.
public final class WireIn {
    private final byte[] bytes;
    private int at;
    private final int end;
    /// The type of the current field; before the first one that of a bare number, which is how packed lists are read.
    private int wire = WireType.VARINT;

    /// A message that is the whole array, which stays the caller's and must not change meanwhile.
    public WireIn(byte[] message) {
        this(message, 0, message.length);
    }

    /// A message that is a part of an array, which stays the caller's and must not change meanwhile.
    /// @param from where it begins
    /// @param end the place behind it, at most the array's length
    public WireIn(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /// The number of the next field, 0 at the end. The field before must have been read or skipped.
    /// @throws MalformedMessage when what is here is no tag
    public int next() {
        if (at >= end) {
            return 0;
        }
        long tag = varint();
        wire = WireType.of(tag);
        long field = WireType.field(tag);
        if (field == 0 || field > WireType.MAX_FIELD) {
            throw damaged("field number");
        }
        return (int) field;
    }

    /// The [WireType] of the current field, also one that does not exist.
    public int wire() {
        return wire;
    }

    /// The whole number in the current field; in a packed list, or among numbers without tags, the next one. The 64
    /// bits are given as they are: an `int32` is `(int)` of it, a flag is set unless it is 0. Bytes too many that say
    /// nothing (`80 00` for 0) are taken, as protobuf takes them; bits beyond the 64th are dropped.
    /// @throws MalformedMessage when the field is of another type, or the number has no end within ten bytes
    public long number() {
        expect(WireType.VARINT);
        return varint();
    }

    /// The `double` in the current field.
    /// @throws MalformedMessage when the field is of another type, or cut
    public double decimal() {
        expect(WireType.FIXED64);
        move(Long.BYTES);
        long bits = 0;
        for (int i = 1; i <= Long.BYTES; i++) {
            bits = bits << Byte.SIZE | bytes[at - i] & 0xff;
        }
        return Double.longBitsToDouble(bits);
    }

    /// The message or the packed list in the current field; this reader goes on behind it at once.
    /// @throws MalformedMessage when the field is of another type, or longer than this message
    public WireIn message() {
        int length = length();
        WireIn inner = new WireIn(bytes, at, at + length);
        at += length;
        return inner;
    }

    /// A copy of the bytes of the current field.
    /// @throws MalformedMessage when the field is of another type, or longer than this message
    public byte[] raw() {
        return copied(length());
    }

    /// Goes past `prefix` when it is what comes next, and says whether it was. Reads no tag: for what lies in a field
    /// that is no message, or only behind a mark.
    public boolean past(byte[] prefix) {
        boolean here = end - at >= prefix.length
                && Arrays.equals(bytes, at, at + prefix.length, prefix, 0, prefix.length);
        at += here ? prefix.length : 0;
        return here;
    }

    /// A copy of everything not read yet, which then has been read.
    public byte[] rest() {
        return copied(end - at);
    }

    private byte[] copied(int length) {
        byte[] copy = new byte[length];
        System.arraycopy(bytes, at, copy, 0, length);
        at += length;
        return copy;
    }

    /// The text in the current field; what is not UTF-8 becomes U+FFFD, as where upstream makes JSON of such text.
    /// @throws MalformedMessage when the field is of another type, or longer than this message
    public String text() {
        int length = length();
        int from = at;
        at += length;
        for (int i = from; i < at; i++) {
            if (bytes[i] < 0) {
                return new String(bytes, from, length, StandardCharsets.UTF_8);
            }
        }
        // a plain copy of bytes: ASCII is the same in both
        return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }

    /// Whether nothing is left to read, which ends a packed list.
    public boolean ended() {
        return at >= end;
    }

    /// Goes past the current field, whose number the caller does not know.
    /// @throws MalformedMessage when it is cut, or its type is none of [WireType]'s
    public void skip() {
        switch (wire) {
            case WireType.VARINT -> varint();
            case WireType.FIXED64 -> move(Long.BYTES);
            case WireType.LENGTH -> move(length());
            case WireType.FIXED32 -> move(Integer.BYTES);
            default -> throw damaged("wire type " + wire);
        }
    }

    private void move(int more) {
        if (end - at < more) {
            throw damaged("end");
        }
        at += more;
    }

    /// Compared with what is left before it is made an int: a length may say anything up to 2^64.
    private int length() {
        expect(WireType.LENGTH);
        long n = varint();
        if (n < 0 || n > end - at) {
            throw damaged("length " + n);
        }
        return (int) n;
    }

    /// A value read as another type would be read out of its neighbour's bytes.
    private void expect(int type) {
        if (wire != type) {
            throw damaged("wire type " + wire + " where " + type + " is expected");
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (at >= end) {
                throw damaged("end");
            }
            byte b = bytes[at++];
            value |= (long) (b & 127) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw damaged("number");
    }

    /// What a caller throws that understands the field and finds its value wrong.
    /// @param what what is here, as `time`
    public MalformedMessage damaged(String what) {
        return new MalformedMessage("invalid protobuf: unexpected " + what + " at position " + at);
    }
}
