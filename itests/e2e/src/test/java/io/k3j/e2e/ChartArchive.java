package io.k3j.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/// A chart's archive, well formed or not: tar in its first form, packed by gzip.
final class ChartArchive {
    private static final int BLOCK = 512;
    private static final int NAME = 100;
    private static final int SIZE = 124;
    private static final int SUM = 148;
    private static final int TYPE = 156;
    private final ByteArrayOutputStream packed = new ByteArrayOutputStream();
    private final OutputStream tar;

    /// With a `Chart.yaml`.
    ChartArchive(String name, String version) throws IOException {
        tar = new GZIPOutputStream(packed);
        file(name + "/Chart.yaml", "apiVersion: v2\nname: " + name + "\nversion: " + version + "\n");
    }

    /// Adds a file under any name.
    ChartArchive file(String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        header(name, bytes.length, '0', "");
        tar.write(bytes);
        tar.write(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
        return this;
    }

    /// Adds a file that is all zeros.
    ChartArchive zeros(String name, int mebibytes) throws IOException {
        header(name, (long) mebibytes << 20, '0', "");
        byte[] some = new byte[1 << 20];
        for (int i = 0; i < mebibytes; i++) {
            tar.write(some);
        }
        return this;
    }

    /// Adds a symbolic link.
    ChartArchive link(String name, String target) throws IOException {
        header(name, 0, '2', target);
        return this;
    }

    private void header(String name, long size, char type, String target) throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, NAME, "0000644");
        put(header, SIZE, String.format(Locale.ROOT, "%011o", size));
        header[TYPE] = (byte) type;
        put(header, TYPE + 1, target);
        put(header, 257, "ustar\u000000");
        put(header, SUM, " ".repeat(8));
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, SUM, String.format(Locale.ROOT, "%06o\u0000 ", sum));
        tar.write(header);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    /// The archive; nothing can be added any more.
    byte[] bytes() throws IOException {
        tar.write(new byte[2 * BLOCK]);
        tar.close();
        return packed.toByteArray();
    }

    /// As `spec.chartContent` has it.
    String base64() throws IOException {
        return Base64.getEncoder().encodeToString(bytes());
    }
}
