package io.k3j.parity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Everything below a directory, byte for byte.
final class Tree {
    /// The framework counts here how many bundles it was asked to install, also those that are not there.
    private static final Path COUNTER = Path.of("bundle0/bundle.id");
    /// The component runtime keeps here what it has read of the bundles, and writes it anew, in any order, as it stops.
    private static final Path COMPONENTS = Path.of("data/componentMetadataStore");

    private Tree() {
    }

    /// Paths to what they are; empty when the directory is not there.
    static Map<String, String> of(Path directory) throws IOException {
        Map<String, String> all = new TreeMap<>();
        if (Files.notExists(directory)) {
            return all;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(one -> !one.endsWith(COUNTER) && !one.endsWith(COMPONENTS)).toList()) {
                all.put(directory.relativize(file).toString(), what(file));
            }
        }
        return all;
    }

    /// What is not as it was, by name.
    static Map<String, String> changes(Map<String, String> before, Map<String, String> after) {
        Map<String, String> changes = new TreeMap<>();
        before.forEach((name, value) -> {
            if (!value.equals(after.get(name))) {
                changes.put(name, value + " became " + after.get(name));
            }
        });
        after.forEach((name, value) -> {
            if (!before.containsKey(name)) {
                changes.put(name, "is new: " + value);
            }
        });
        return changes;
    }

    private static String what(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            return "link to " + Files.readSymbolicLink(file);
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Files.isDirectory(file) ? "directory" : "socket";
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return Files.getPosixFilePermissions(file) + " " + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
