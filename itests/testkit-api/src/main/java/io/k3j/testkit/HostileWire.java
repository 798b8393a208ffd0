package io.k3j.testkit;

import io.k3j.testkit.HostileTables.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;

/// Kubernetes' protobuf form of objects in which one field, at some depth, comes again and again. Written by hand, so
/// that it may be what no encoder writes.
final class HostileWire {
    private static final byte[] MAGIC = {'k', '8', 's', 0};
    private static final int METADATA = 1;
    private static final int SEVEN_BITS = 0x7f;

    private HostileWire() {
    }

    /// An object in its envelope.
    ///
    /// @param path field numbers of the messages around the field, separated by dots; `-` for none
    /// @param piece the field with its tag in hexadecimal; `%d` is a number of six digits
    static byte[] object(Kind kind, String name, String path, String piece, int size) {
        String[] around = path.equals("-") ? new String[0] : path.split("\\.");
        byte[] named = field(METADATA, name.getBytes(StandardCharsets.UTF_8));
        byte[] inner = repeated(piece, size);
        for (int i = around.length; i-- > 0;) {
            int number = Integer.parseInt(around[i]);
            inner = field(number, i == 0 && number == METADATA ? joined(named, inner) : inner);
        }
        boolean inMetadata = around.length > 0 && around[0].equals(Integer.toString(METADATA));
        byte[] object = inMetadata ? inner : joined(field(METADATA, named), inner);
        byte[] type = joined(field(1, kind.apiVersion().getBytes(StandardCharsets.UTF_8)),
                field(2, kind.kind().getBytes(StandardCharsets.UTF_8)));
        return joined(MAGIC, joined(field(1, type), field(2, object)));
    }

    private static byte[] repeated(String piece, int size) {
        String[] parts = piece.split("%d", -1);
        ByteArrayOutputStream out = new ByteArrayOutputStream(size);
        for (int i = 0; i == 0 || out.size() + piece.length() / 2 < size; i++) {
            out.writeBytes(HexFormat.of().parseHex(parts[0]));
            for (int part = 1; part < parts.length; part++) {
                out.writeBytes(String.format(Locale.ROOT, "%06d", i).getBytes(StandardCharsets.US_ASCII));
                out.writeBytes(HexFormat.of().parseHex(parts[part]));
            }
        }
        return out.toByteArray();
    }

    private static byte[] field(int number, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 10);
        varint(out, number << 3 | 2);
        varint(out, content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int left = value;
        while (left > SEVEN_BITS) {
            out.write(left & SEVEN_BITS | SEVEN_BITS + 1);
            left >>>= 7;
        }
        out.write(left);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(first.length + second.length);
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }
}
