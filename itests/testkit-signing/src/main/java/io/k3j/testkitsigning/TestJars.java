package io.k3j.testkitsigning;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;

/// Jars of bundles without code, signed by nobody.
public final class TestJars {
    private TestJars() {
    }

    /// A bundle with one entry, which is not compressed.
    public static Path bundle(Path file, String symbolicName, String content) throws IOException {
        return bundle(file, Map.of("Bundle-SymbolicName", symbolicName + ";singleton:=false"), content);
    }

    /// One with headers.
    public static Path bundle(Path file, Map<String, String> headers, String content) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-ManifestVersion", "2");
        headers.forEach(manifest.getMainAttributes()::putValue);
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        CRC32 sum = new CRC32();
        sum.update(bytes);
        ZipEntry entry = new ZipEntry("content");
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.putNextEntry(entry);
            jar.write(bytes);
            jar.closeEntry();
        }
        return file;
    }
}
