package io.k3j.etcdclient;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Writes protobuf fields; what has its default value is left out.
final class ProtoWriter {
    private static final int LENGTH = 2;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtoWriter number(int field, long value) {
        if (value != 0) {
            varint((long) field << 3);
            varint(value);
        }
        return this;
    }

    ProtoWriter flag(int field, boolean value) {
        return number(field, value ? 1 : 0);
    }

    ProtoWriter text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoWriter bytes(int field, byte[] value) {
        if (value.length > 0) {
            message(field, value);
        }
        return this;
    }

    /// A nested message, also when it is empty.
    ProtoWriter message(int field, byte[] value) {
        varint((long) field << 3 | LENGTH);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    byte[] done() {
        return out.toByteArray();
    }
}
