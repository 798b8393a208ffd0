package io.k3j.images;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// A tar archive in memory, the same bytes for the same content: no times, no owners. See
/// <https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html> for `ustar`.
final class Tar {
    private static final int BLOCK = 512;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Tar file(String name, int mode, byte[] content) {
        head(name, mode, content.length, '0', "");
        out.writeBytes(content);
        out.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
        return this;
    }

    Tar directory(String name, int mode) {
        head(name + "/", mode, 0, '5', "");
        return this;
    }

    Tar link(String name, String target) {
        head(name, 0777, 0, '2', target);
        return this;
    }

    private void head(String name, int mode, int size, char type, String target) {
        byte[] h = new byte[BLOCK];
        put(h, 0, name);
        put(h, 100, String.format("%07o", mode));
        put(h, 108, "0000000");
        put(h, 116, "0000000");
        put(h, 124, String.format("%011o", size));
        put(h, 136, "00000000000");
        put(h, 148, "        ");
        h[156] = (byte) type;
        put(h, 157, target);
        put(h, 257, "ustar");
        put(h, 263, "00");
        int sum = 0;
        for (byte b : h) {
            sum += b & 0xff;
        }
        put(h, 148, String.format("%06o", sum));
        h[154] = 0;
        out.writeBytes(h);
    }

    private static void put(byte[] head, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, head, at, bytes.length);
    }

    byte[] done() {
        out.writeBytes(new byte[2 * BLOCK]);
        return out.toByteArray();
    }
}
