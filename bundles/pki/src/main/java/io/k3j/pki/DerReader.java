package io.k3j.pki;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Reads distinguished encoding, element by element. Every element has to lie within its parent.
final class DerReader {
    private static final int LONGEST_LENGTH = 4;

    private final byte[] bytes;
    private final int end;
    private int at;

    /// Reads all of `bytes`.
    DerReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private DerReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /// Whether there is a further element.
    boolean more() {
        return at < end;
    }

    /// The tag of the next element.
    int tag() {
        need(1);
        return bytes[at] & 0xff;
    }

    /// The inside of the next element, which has this tag.
    DerReader enter(int tag) {
        int start = header(tag);
        DerReader inside = new DerReader(bytes, start, at);
        return inside;
    }

    /// The contents of the next element, which has this tag.
    byte[] contents(int tag) {
        int start = header(tag);
        return Arrays.copyOfRange(bytes, start, at);
    }

    /// The next element with its tag and length.
    byte[] element() {
        int start = at;
        header(tag());
        return Arrays.copyOfRange(bytes, start, at);
    }

    BigInteger integer() {
        byte[] value = contents(Der.INTEGER);
        if (value.length == 0) {
            throw new IllegalArgumentException("empty integer");
        }
        return new BigInteger(value);
    }

    /// A bit string of whole bytes.
    byte[] bits() {
        byte[] value = contents(Der.BIT_STRING);
        if (value.length == 0 || value[0] != 0) {
            throw new IllegalArgumentException("bit string of odd length");
        }
        return Arrays.copyOfRange(value, 1, value.length);
    }

    /// An object identifier in dotted form.
    String oid() {
        byte[] value = contents(Der.OID);
        StringBuilder text = new StringBuilder();
        long arc = 0;
        for (byte part : value) {
            arc = arc << 7 | part & 0x7f;
            if (part >= 0) {
                if (text.isEmpty()) {
                    long first = Math.min(2, arc / 40);
                    text.append(first).append('.').append(arc - 40 * first);
                } else {
                    text.append('.').append(arc);
                }
                arc = 0;
            }
        }
        return text.toString();
    }

    /// The contents of any string type we meet.
    String text() {
        return new String(contents(tag()), StandardCharsets.UTF_8);
    }

    private int header(int tag) {
        if (tag() != tag) {
            throw new IllegalArgumentException("unexpected element " + tag() + " in place of " + tag);
        }
        at++;
        need(1);
        int length = bytes[at++] & 0xff;
        if (length >= 0x80) {
            length = longLength(length & 0x7f);
        }
        need(length);
        int start = at;
        at += length;
        return start;
    }

    private int longLength(int size) {
        if (size == 0 || size > LONGEST_LENGTH) {
            throw new IllegalArgumentException("unreadable length");
        }
        need(size);
        long length = 0;
        for (int i = 0; i < size; i++) {
            length = length << 8 | bytes[at++] & 0xff;
        }
        if (length > end - at) {
            throw new IllegalArgumentException("element is longer than what contains it");
        }
        return (int) length;
    }

    private void need(int count) {
        if (count < 0 || count > end - at) {
            throw new IllegalArgumentException("element is longer than what contains it");
        }
    }
}
