package io.k3j.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;

/// A directory in Maven's layout: `io/k3j/<artifact>/<version>/<artifact>-<version><suffix>`, each file with its
/// checksums.
///
/// @param version of all that is in it
record Repository(Path directory, String version) {
    private static final Map<String, String> SUMS = Map.of(".sha1", "SHA-1", ".sha256", "SHA-256");

    /// One without anything; what was there is deleted.
    static Repository empty(Path directory, String version) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> walk = Files.walk(directory)) {
                for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        return new Repository(Files.createDirectories(directory), version);
    }

    void add(String artifact, String suffix, Path file) throws IOException {
        add(artifact, suffix, Files.readAllBytes(file));
    }

    void add(String artifact, String suffix, String text) throws IOException {
        add(artifact, suffix, text.getBytes(StandardCharsets.UTF_8));
    }

    /// @param suffix of the file, as `.jar` or `-sources.jar`
    void add(String artifact, String suffix, byte[] content) throws IOException {
        Path place = Files.createDirectories(directory.resolve("io/k3j").resolve(artifact).resolve(version));
        Path file = Files.write(place.resolve(artifact + "-" + version + suffix), content);
        for (Map.Entry<String, String> sum : SUMS.entrySet()) {
            Files.writeString(file.resolveSibling(file.getFileName() + sum.getKey()), digest(sum.getValue(), content));
        }
    }

    private static String digest(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
