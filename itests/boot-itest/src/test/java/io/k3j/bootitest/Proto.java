package io.k3j.bootitest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// A protobuf message, field by field, in the numbers of Kubernetes' `.proto` files.
final class Proto {
    private static final int LENGTH = 2;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /// An object as Go's clients send it: `k8s`, a zero, and the message in a `runtime.Unknown`.
    static byte[] object(String apiVersion, String kind, Proto message) {
        Proto unknown = new Proto().message(1, new Proto().text(1, apiVersion).text(2, kind)).message(2, message);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(new byte[] {'k', '8', 's', 0});
        all.writeBytes(unknown.bytes.toByteArray());
        return all.toByteArray();
    }

    Proto text(int field, String value) {
        return field(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Proto message(int field, Proto message) {
        return field(field, message.bytes.toByteArray());
    }

    /// One entry of a map from texts.
    Proto entry(int field, String key, Proto value) {
        return message(field, new Proto().text(1, key).message(2, value));
    }

    Proto entry(int field, String key, String value) {
        return message(field, new Proto().text(1, key).text(2, value));
    }

    Proto number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    private Proto field(int field, byte[] value) {
        varint((long) field << 3 | LENGTH);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }
}
