package io.k3j.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes a protobuf message from its end to its start, so that a length is known when it is written: the last field
/// first, and what is in a message before its head. One thread.
public final class WireOut {
    private byte[] buffer;
    private int start;

    /// A message of about so many bytes; it grows.
    public WireOut(int expected) {
        buffer = new byte[expected];
        start = expected;
    }

    /// How much is written: the difference of two marks is the length of what lies between.
    public int mark() {
        return buffer.length - start;
    }

    /// The message.
    public byte[] bytes() {
        return Arrays.copyOfRange(buffer, start, buffer.length);
    }

    private void need(int more) {
        if (start < more) {
            int length = Growth.next(buffer.length, mark(), more);
            byte[] bigger = new byte[length];
            System.arraycopy(buffer, start, bigger, length - mark(), mark());
            start = length - mark();
            buffer = bigger;
        }
    }

    void raw(byte[] bytes) {
        need(bytes.length);
        start -= bytes.length;
        System.arraycopy(bytes, 0, buffer, start, bytes.length);
    }

    void varint(long value) {
        int size = Math.max(1, (70 - Long.numberOfLeadingZeros(value | 1)) / 7);
        need(size);
        start -= size;
        long rest = value;
        for (int i = start;; i++) {
            if ((rest & ~127L) == 0) {
                buffer[i] = (byte) rest;
                return;
            }
            buffer[i] = (byte) (rest & 127 | 128);
            rest >>>= 7;
        }
    }

    private void tag(int number, int wire) {
        varint((long) number << 3 | wire);
    }

    /// A whole number, a flag or an enum's value.
    public void number(int field, long value) {
        varint(value);
        tag(field, Wire.VARINT);
    }

    /// A `double`.
    public void decimal(int field, double value) {
        long bits = Double.doubleToRawLongBits(value);
        need(8);
        start -= 8;
        for (int i = 0; i < 8; i++) {
            buffer[start + i] = (byte) (bits >>> 8 * i);
        }
        tag(field, Wire.FIXED64);
    }

    /// A text, as UTF-8.
    public void text(int field, String value) {
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /// Bytes as they are.
    public void bytes(int field, byte[] value) {
        raw(value);
        varint(value.length);
        tag(field, Wire.LENGTH);
    }

    /// Ends (that is, begins) a message whose content was written since `mark`.
    public void message(int field, int mark) {
        begin(field, (long) mark() - mark);
    }

    /// Begins a message whose content has a length.
    void begin(int field, long length) {
        varint(length);
        tag(field, Wire.LENGTH);
    }
}
