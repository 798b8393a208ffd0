package io.k3j.features;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/// The properties of a jar that can be read without installing it.
///
/// @param file its path
/// @param symbolicName from its manifest
/// @param exports whether it exports packages
/// @param digest its SHA-256, hexadecimal
record JarFacts(Path file, String symbolicName, boolean exports, String digest) {
    private static final long MAX_JAR_BYTES = 256L << 20;
    private static final int SHORT_CHARS = 12;

    /// @throws FeatureProblem when the file is not a readable bundle
    static JarFacts read(Path file) {
        try {
            if (Files.size(file) > MAX_JAR_BYTES) {
                throw new FeatureProblem(file + " is larger than " + MAX_JAR_BYTES + " bytes");
            }
            try (JarFile jar = new JarFile(file.toFile())) {
                Manifest manifest = jar.getManifest();
                String name = manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-SymbolicName");
                if (name == null) {
                    throw new FeatureProblem(file + " is not a bundle: its manifest has no Bundle-SymbolicName");
                }
                Attributes attributes = manifest.getMainAttributes();
                return new JarFacts(file, name.split(";")[0].trim(), attributes.getValue("Export-Package") != null,
                        digest(file));
            }
        } catch (IOException e) {
            throw new FeatureProblem(file + " is not a readable jar: " + e.getMessage(), e);
        }
    }

    String shortDigest() {
        return digest.substring(0, SHORT_CHARS);
    }

    private static String digest(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
