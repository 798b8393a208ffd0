package io.k3j.cli.upgrade;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/// Writes the tar of a release, or one that only looks like it.
final class TestTar {
    private static final int BLOCK = 512;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    TestTar file(String name, int mode, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        head(name, '0', mode, bytes.length, "");
        return content(bytes);
    }

    TestTar directory(String name) {
        head(name + "/", '5', 0755, 0, "");
        return this;
    }

    TestTar link(String name, String target) {
        head(name, '2', 0777, 0, target);
        return this;
    }

    /// An entry with nothing but a head.
    TestTar head(String name, char type, int mode, long size, String link) {
        if (name.length() > 100) {
            head("././@LongLink", 'L', 0, name.length() + 1, "");
            content((name + "\0").getBytes(StandardCharsets.ISO_8859_1));
        }
        byte[] head = new byte[BLOCK];
        put(head, 0, name.substring(0, Math.min(100, name.length())));
        put(head, 100, "%07o".formatted(mode));
        put(head, 124, "%011o".formatted(size));
        put(head, 136, "%011o".formatted(1_700_000_000L));
        put(head, 148, "        ");
        head[156] = (byte) type;
        put(head, 157, link);
        put(head, 257, "ustar  ");
        int sum = 0;
        for (byte one : head) {
            sum += one & 0xff;
        }
        put(head, 148, "%06o\0 ".formatted(sum));
        out.writeBytes(head);
        return this;
    }

    /// Blocks as they are.
    TestTar raw(byte[] blocks) {
        out.writeBytes(blocks);
        return this;
    }

    private TestTar content(byte[] bytes) {
        out.writeBytes(bytes);
        out.writeBytes(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
        return this;
    }

    private static void put(byte[] to, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, to, at, bytes.length);
    }

    /// Without its end.
    byte[] bytes() {
        return out.toByteArray();
    }

    Path write(Path file) throws IOException {
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
            gzip.write(bytes());
            gzip.write(new byte[BLOCK * 20]);
        }
        return file;
    }
}
