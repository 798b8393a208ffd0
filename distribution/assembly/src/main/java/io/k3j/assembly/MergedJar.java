package io.k3j.assembly;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// All jars in one, uncompressed: the virtual machine opens one file, and its cache of linked classes is
/// valid for the whole class path.
final class MergedJar {
    private static final LocalDateTime STAMP = LocalDateTime.of(2026, 1, 1, 0, 0);
    private static final String SERVICES = "META-INF/services/";

    private final Map<String, byte[]> entries = new TreeMap<>();

    private MergedJar() {
    }

    /// `more` are entries that no jar has.
    static void write(List<Jar> jars, Map<String, byte[]> more, Path to) throws IOException {
        MergedJar merged = new MergedJar();
        merged.entries.putAll(more);
        for (Jar jar : jars) {
            jar.entries().forEach((name, bytes) -> merged.add(jar, name, bytes));
        }
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
            out.setMethod(ZipOutputStream.STORED);
            put(out, "META-INF/MANIFEST.MF", manifest());
            for (Map.Entry<String, byte[]> entry : merged.entries.entrySet()) {
                put(out, entry.getKey(), entry.getValue());
            }
        }
    }

    private static byte[] manifest() {
        return "Manifest-Version: 1.0\nMulti-Release: true\nEnable-Native-Access: ALL-UNNAMED\n\n"
                .getBytes(StandardCharsets.UTF_8);
    }

    private void add(Jar jar, String name, byte[] bytes) {
        if (left(name)) {
            return;
        }
        if (name.startsWith(SERVICES)) {
            entries.merge(name, withNewline(bytes), MergedJar::concatenated);
            return;
        }
        byte[] was = entries.putIfAbsent(name, bytes);
        if (was != null && name.endsWith(".class") && !Arrays.equals(was, bytes)) {
            throw new IllegalStateException("two different classes " + name + ", one in " + jar.file());
        }
    }

    /// What has no meaning in a merged jar: signatures, module descriptors, the component descriptors
    /// that the index holds, and libraries that are files beside it.
    private static boolean left(String name) {
        boolean signature = name.startsWith("META-INF/") && name.indexOf('/', "META-INF/".length()) < 0
                && (name.endsWith(".SF") || name.endsWith(".RSA") || name.endsWith(".DSA") || name.endsWith(".EC"));
        return signature || NativeLibraries.holds(name) || name.endsWith("module-info.class")
                || name.startsWith("META-INF/maven/")
                || name.startsWith("META-INF/INDEX") || name.startsWith("OSGI-OPT/") || name.startsWith("OSGI-INF/");
    }

    private static byte[] withNewline(byte[] bytes) {
        return (new String(bytes, StandardCharsets.UTF_8).stripTrailing() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    private static void put(ZipOutputStream out, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(STAMP);
        entry.setSize(bytes.length);
        entry.setCompressedSize(bytes.length);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        entry.setCrc(crc.getValue());
        out.putNextEntry(entry);
        out.write(bytes);
        out.closeEntry();
    }
}
