package io.k3j.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/// Writes a protobuf message from its start to its end. What messages are made of can be put in order afterwards: their
/// parts are noted as they begin. One writer, one thread.
final class WireParts {
    private static final int EXPECTED = 4 << 10;
    private static final int LONGEST_VARINT = 10;
    /// What is noted of a part: where it begins, and two numbers that tell its place.
    private static final int NOTE = 3;
    private byte[] buffer = new byte[EXPECTED];
    private int used;
    private int[] notes = new int[64 * NOTE];
    private int top;

    /// Which of two parts comes first, by the numbers noted of them.
    interface Order {
        /// Negative when the first one comes first, 0 when they are the same.
        int compare(int a, int b, int otherA, int otherB);
    }

    /// Begins anew.
    void clear() {
        used = 0;
        top = 0;
    }

    /// How many bytes have been written.
    int size() {
        return used;
    }

    void writeTo(OutputStream to) throws IOException {
        to.write(buffer, 0, used);
    }

    /// Begins a message; its length is put before it at its end.
    /// @return what [#end] is given
    int begin(int number) {
        tag(number, Wire.LENGTH);
        need(1);
        used++;
        return used;
    }

    void end(int mark) {
        int length = used - mark;
        int size = size(length);
        if (size > 1) {
            need(size);
            System.arraycopy(buffer, mark, buffer, mark + size - 1, length);
        }
        used = mark - 1;
        varint(length);
        used += length;
    }

    private static int size(long value) {
        return Math.max(1, (70 - Long.numberOfLeadingZeros(value | 1)) / 7);
    }

    /// How many parts are noted: what [#sort] and [#forget] are given.
    int noted() {
        return top;
    }

    /// Notes that a part begins here.
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

    private void tag(int number, int wire) {
        varint((long) number << 3 | wire);
    }

    private void varint(long value) {
        need(LONGEST_VARINT);
        long rest = value;
        while ((rest & ~127L) != 0) {
            buffer[used++] = (byte) (rest & 127 | 128);
            rest >>>= 7;
        }
        buffer[used++] = (byte) rest;
    }

    void number(int number, long value) {
        tag(number, Wire.VARINT);
        varint(value);
    }

    void bytes(int number, byte[] value) {
        bytes(number, value, 0, value.length);
    }

    void bytes(int number, byte[] from, int offset, int length) {
        tag(number, Wire.LENGTH);
        varint(length);
        need(length);
        System.arraycopy(from, offset, buffer, used, length);
        used += length;
    }

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
