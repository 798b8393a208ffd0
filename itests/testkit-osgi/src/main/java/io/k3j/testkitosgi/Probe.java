package io.k3j.testkitosgi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/// The bundle that carries a test class: all class files beside it, importing whatever they ask for.
final class Probe {
    private Probe() {
    }

    static byte[] of(Class<?> test) throws IOException, URISyntaxException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Path root = Path.of(test.getProtectionDomain().getCodeSource().getLocation().toURI());
        String directory = test.getPackageName().replace('.', '/');
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest(test));
                Stream<Path> files = Files.list(root.resolve(directory))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                jar.putNextEntry(new JarEntry(directory + "/" + file.getFileName()));
                jar.write(Files.readAllBytes(file));
                jar.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static Manifest manifest(Class<?> test) {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", "probe." + test.getName());
        attributes.putValue("DynamicImport-Package", "*");
        return manifest;
    }
}
