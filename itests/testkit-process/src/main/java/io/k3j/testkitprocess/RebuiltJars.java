package io.k3j.testkitprocess;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/// The bundles of the class path, and those that lie beside it in the distribution, as somebody would rebuild them:
/// same name and version, one changed byte.
public final class RebuiltJars {
    private final Map<String, Path> bySymbolicName = new HashMap<>();
    private final Path directory;

    /// @param directory where to write them; exists
    public RebuiltJars(Path directory) throws IOException {
        this.directory = directory;
        Path apart = K3sProcess.distribution().resolve("lib/apart");
        if (Files.isDirectory(apart)) {
            try (Stream<Path> files = Files.walk(apart)) {
                take(files.toList());
            }
        }
        take(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).map(Path::of).toList());
    }

    private void take(List<Path> files) throws IOException {
        for (Path file : files) {
            if (Files.isRegularFile(file)) {
                try (JarFile jar = new JarFile(file.toFile())) {
                    Manifest manifest = jar.getManifest();
                    String name = manifest == null ? null
                            : manifest.getMainAttributes().getValue("Bundle-SymbolicName");
                    if (name != null) {
                        bySymbolicName.put(name.split(";")[0], file);
                    }
                }
            }
        }
    }

    /// Such a jar of a bundle.
    /// @throws IllegalArgumentException when none of them has that name
    public Path rebuilt(String symbolicName) throws IOException {
        return copy(symbolicName, "rebuilt", manifest -> manifest.getMainAttributes().putValue("Bundle-Name", "x"));
    }

    /// The same built once more, so that its bytes differ from those of every other one.
    /// @param build tells it from others: letters and digits
    public Path rebuilt(String symbolicName, String build) throws IOException {
        return copy(symbolicName, "rebuilt-" + build,
                manifest -> manifest.getMainAttributes().putValue("Bundle-Name", build));
    }

    /// A jar whose components cannot be made, because their classes are not there.
    public Path broken(String symbolicName) throws IOException {
        return copy(symbolicName, "broken", manifest -> manifest.getMainAttributes().putValue("Broken", "yes"));
    }

    /// A jar that has an activator as well, one class of the test's that uses nothing but the JDK, the framework and
    /// contracts.
    public Path with(String symbolicName, Class<?> activator) throws IOException {
        return copy(symbolicName, "with", manifest -> {
            manifest.getMainAttributes().putValue("Bundle-Activator", activator.getName());
            manifest.getMainAttributes().putValue("DynamicImport-Package", "*");
        }, activator);
    }

    private Path copy(String symbolicName, String kind, Consumer<Manifest> change, Class<?>... more)
            throws IOException {
        Path from = bySymbolicName.get(symbolicName);
        if (from == null) {
            throw new IllegalArgumentException("no bundle " + symbolicName + " on the class path or in lib/apart");
        }
        Path to = directory.resolve(symbolicName + "-" + kind + ".jar");
        try (JarFile jar = new JarFile(from.toFile());
                OutputStream file = Files.newOutputStream(to);
                JarOutputStream out = new JarOutputStream(file)) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                out.putNextEntry(new JarEntry(entry.getName()));
                if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
                    Manifest manifest = new Manifest(jar.getInputStream(entry));
                    change.accept(manifest);
                    manifest.write(out);
                } else if (!kind.equals("broken") || !entry.getName().endsWith(".class")) {
                    jar.getInputStream(entry).transferTo(out);
                }
                out.closeEntry();
            }
            for (Class<?> one : more) {
                put(out, one);
            }
        }
        return to;
    }

    private static void put(JarOutputStream out, Class<?> one) throws IOException {
        String name = one.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(name));
        try (InputStream bytes = Objects.requireNonNull(one.getClassLoader().getResourceAsStream(name))) {
            bytes.transferTo(out);
        }
        out.closeEntry();
    }
}
