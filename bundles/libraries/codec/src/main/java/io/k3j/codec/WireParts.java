package io.k3j.codec;

import io.k3j.protobufwire.Growth;
import io.k3j.protobufwire.Varint;
import io.k3j.protobufwire.WireType;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// Writes a protobuf message from its start to its end. What messages are made of can be put in order afterwards: their
/// parts are noted as they begin. One writer, one thread.
///
/// Lengths are not known when a message begins: one byte is left for each, which is enough up to 127, and what is in
/// the message is moved where that is too little. Used again for every element of a list, so it does not shrink.
final class WireParts {
    private static final int EXPECTED = 4 << 10;
    /// What is noted of a part: where it begins, and two numbers that tell its place.
    private static final int NOTE = 3;
    /// What is written lies from 0 to `used`.
    private byte[] buffer = new byte[EXPECTED];
    private int used;
    /// Parts that may have to be put in order, [#NOTE] numbers each; those of a message within lie above those of the
    /// one around.
    private int[] notes = new int[64 * NOTE];
    /// How many numbers of `notes` are in use.
    private int top;

    /// Which of two parts comes first, by the numbers noted of them.
    interface Order {
        /// Negative when the first one comes first, 0 when they are the same.
        /// @param a the first number of the one part
        /// @param b the first number of the other part
        int compare(int a, int b, int otherA, int otherB);
    }

    /// Begins again.
    void clear() {
        used = 0;
        top = 0;
    }

    /// How many bytes have been written.
    int size() {
        return used;
    }

    /// One write of everything.
    void writeTo(OutputStream to) throws IOException {
        to.write(buffer, 0, used);
    }

    /// Begins a message; its length is put before it at its end.
    /// @param number the field's
    /// @return what [#end] is given
    int begin(int number) {
        tag(number, WireType.LENGTH);
        need(1);
        used++;
        return used;
    }

    /// @param mark what [#begin] gave
    void end(int mark) {
        int length = used - mark;
        int size = Varint.size(length);
        if (size > 1) {
            need(size);
            System.arraycopy(buffer, mark, buffer, mark + size - 1, length);
        }
        used = mark - 1;
        varint(length);
        used += length;
    }

    /// How many parts are noted: what [#sort] and [#forget] are given.
    int noted() {
        return top;
    }

    /// Notes that a part begins here.
    /// @param a what [#sort] compares by, with `b`: a field number, or where a key lies
    void part(int a, int b) {
        if (top == notes.length) {
            notes = Arrays.copyOf(notes, Growth.next(top, top, NOTE));
        }
        notes[top] = used;
        notes[top + 1] = a;
        notes[top + 2] = b;
        top += NOTE;
    }

    /// The parts have been in order.
    /// @param noted as [#noted] said before the first of them
    void forget(int noted) {
        top = noted;
    }

    /// Puts the parts in order that were noted since, up to here.
    /// @throws MalformedInput when two are the same
    void sort(int noted, Order order) {
        int from = notes[noted];
        Integer[] parts = new Integer[(top - noted) / NOTE];
        Arrays.setAll(parts, i -> noted + i * NOTE);
        Arrays.sort(parts, (x, y) -> order.compare(notes[x + 1], notes[x + 2], notes[y + 1], notes[y + 2]));
        byte[] sorted = new byte[used - from];
        int to = 0;
        for (int i = 0; i < parts.length; i++) {
            int part = parts[i];
            if (i > 0 && order.compare(notes[parts[i - 1] + 1], notes[parts[i - 1] + 2], notes[part + 1],
                    notes[part + 2]) == 0) {
                throw new MalformedInput("not a stored object: something is given twice");
            }
            int end = part + NOTE == top ? used : notes[part + NOTE];
            System.arraycopy(buffer, notes[part], sorted, to, end - notes[part]);
            to += end - notes[part];
        }
        System.arraycopy(sorted, 0, buffer, from, to);
        top = noted;
    }

    private void tag(int number, int type) {
        varint(WireType.tag(number, type));
    }

    private void varint(long value) {
        need(Varint.MAX_BYTES);
        used = Varint.put(buffer, used, value);
    }

    /// A whole number, a flag or an enum's value.
    void number(int number, long value) {
        tag(number, WireType.VARINT);
        varint(value);
    }

    /// A text or bytes.
    void bytes(int number, byte[] value) {
        bytes(number, value, 0, value.length);
    }

    /// A part of an array as a text, bytes or a message.
    void bytes(int number, byte[] from, int offset, int length) {
        tag(number, WireType.LENGTH);
        varint(length);
        need(length);
        System.arraycopy(from, offset, buffer, used, length);
        used += length;
    }

    /// Fields that were written elsewhere.
    void raw(byte[] value) {
        need(value.length);
        System.arraycopy(value, 0, buffer, used, value.length);
        used += value.length;
    }

    private void need(int more) {
        if (buffer.length - used < more) {
            buffer = Arrays.copyOf(buffer, Growth.next(buffer.length, used, more));
        }
    }
}
