package io.k3j.assembly;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/// One input jar, read whole.
///
/// @param file where it came from
/// @param headers its manifest's main attributes
/// @param entries its files by name, without the manifest
record Jar(Path file, SortedMap<String, String> headers, SortedMap<String, byte[]> entries) {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    static Jar read(Path file) throws IOException {
        SortedMap<String, byte[]> entries = new TreeMap<>();
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                if (!entry.isDirectory()) {
                    entries.put(entry.getName(), jar.getInputStream(entry).readAllBytes());
                }
            }
        }
        SortedMap<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        byte[] manifest = entries.remove(MANIFEST);
        if (manifest != null) {
            new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes()
                    .forEach((key, value) -> headers.put(key.toString(), value.toString()));
        }
        return new Jar(file, headers, entries);
    }

    /// Whether the framework can install it.
    boolean bundle() {
        return headers.containsKey("Bundle-SymbolicName");
    }

    /// Whether it is a bundle whose jar lies beside the class path.
    boolean apart() {
        return headers.containsKey("K3j-Apart");
    }

    /// With which of those it shares a class loader; `true` for such as name no group.
    String apartGroup() {
        return headers.getOrDefault("K3j-Apart", "true");
    }

    String symbolicName() {
        return Headers.clauses(Objects.requireNonNull(headers.get("Bundle-SymbolicName"))).getFirst();
    }

    /// The dotted packages that hold classes, those for certain Java versions not counted twice.
    Set<String> packages() {
        Set<String> packages = new TreeSet<>();
        for (String name : entries.keySet()) {
            int slash = name.lastIndexOf('/');
            if (name.endsWith(".class") && slash > 0 && !name.startsWith("META-INF/")) {
                packages.add(name.substring(0, slash).replace('/', '.'));
            }
        }
        return packages;
    }
}
