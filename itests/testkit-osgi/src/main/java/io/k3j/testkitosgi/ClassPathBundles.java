package io.k3j.testkitosgi;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/// The bundles among the jars of the test's class path.
final class ClassPathBundles {
    private final Map<String, Path> bySymbolicName = new HashMap<>();

    ClassPathBundles() throws IOException {
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path file = Path.of(element);
            if (Files.isRegularFile(file)) {
                try (JarFile jar = new JarFile(file.toFile())) {
                    Manifest manifest = jar.getManifest();
                    String name = manifest == null ? null
                            : manifest.getMainAttributes().getValue("Bundle-SymbolicName");
                    if (name != null) {
                        bySymbolicName.put(name.split(";")[0].trim(), file);
                    }
                }
            }
        }
    }

    Path file(String symbolicName) {
        Path file = bySymbolicName.get(symbolicName);
        if (file == null) {
            throw new IllegalArgumentException(symbolicName + " is not on the test's class path");
        }
        return file;
    }
}
