package io.k3j.protobufwire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes a protobuf message from its end to its start, so that a length is known when it is written: the last field
/// first, and what is in a message before its head. Nothing is measured before or moved afterwards, whatever the depth.
/// `MarshalToSizedBuffer`, which gogo/protobuf generates for Kubernetes' types, writes in the same direction. One
/// thread.
///
/// ```
/// int mark = out.mark();
/// out.text(2, value);
/// out.text(1, key);
/// out.message(7, mark);   // field 7: a message with the fields 1 and 2
/// ```
public final class WireOut {
    private byte[] buffer;
    /// What is written lies from here to the buffer's end.
    private int start;

    /// A message of about so many bytes; it grows, by doubling, up to 2 GiB.
    public WireOut(int expected) {
        buffer = new byte[expected];
        start = expected;
    }

    /// How much is written: the difference of two marks is the length of what lies between.
    public int mark() {
        return buffer.length - start;
    }

    /// The message, as a copy of its own length.
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

    /// Bytes without a tag or a length: what stands before the message, or fields written elsewhere.
    public void raw(byte[] bytes) {
        need(bytes.length);
        start -= bytes.length;
        System.arraycopy(bytes, 0, buffer, start, bytes.length);
    }

    private void varint(long value) {
        int size = Varint.size(value);
        need(size);
        start -= size;
        Varint.put(buffer, start, value);
    }

    private void tag(int field, int type) {
        varint(WireType.tag(field, type));
    }

    /// A whole number, a flag (0 or 1) or an enum's value. Zeros are written: leaving them out, as protobuf 3 does, is
    /// the caller's to decide.
    public void number(int field, long value) {
        varint(value);
        tag(field, WireType.VARINT);
    }

    /// A `double`.
    public void decimal(int field, double value) {
        long bits = Double.doubleToRawLongBits(value);
        need(Long.BYTES);
        start -= Long.BYTES;
        for (int i = 0; i < Long.BYTES; i++) {
            buffer[start + i] = (byte) (bits >>> Byte.SIZE * i);
        }
        tag(field, WireType.FIXED64);
    }

    /// A text, as UTF-8; half of a pair of surrogates becomes `?`.
    public void text(int field, String value) {
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /// Bytes as they are.
    public void bytes(int field, byte[] value) {
        raw(value);
        begin(field, value.length);
    }

    /// Ends (that is, begins) a message whose content was written since `mark`.
    public void message(int field, int mark) {
        begin(field, (long) mark() - mark);
    }

    /// The head of a message, a text or bytes whose content has a length: for one whose content is written, in part or
    /// whole, by somebody else.
    /// @param length bytes, may be more than 2 GiB
    public void begin(int field, long length) {
        varint(length);
        tag(field, WireType.LENGTH);
    }
}
