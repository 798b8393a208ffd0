package io.k3j.launcher;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;

/// The framework's own storage below the data directory: one directory per build of the base bundles. It
/// holds nothing that cannot be made again.
final class FrameworkCache {
    private static final String PREFIX = "fw-";
    private static final int DIGEST_CHARS = 12;

    private final Path parent;
    private final Path directory;

    FrameworkCache(Path dataDir, BundleIndex index) {
        parent = dataDir.resolve("bundles");
        directory = parent.resolve(PREFIX + index.digest().substring(0, DIGEST_CHARS));
    }

    Path directory() {
        return directory;
    }

    /// Begins with the prepared cache when there is one and this build has none yet, and removes those of
    /// other builds.
    void prepare(Path prepared) throws IOException {
        try (Stream<Path> others = Files.list(parent)) {
            for (Path other : others.filter(this::ofAnotherBuild).toList()) {
                delete(other);
            }
        }
        if (Files.notExists(directory) && Files.isDirectory(prepared)) {
            copy(prepared, directory);
        }
    }

    /// Forgets it all, so that the framework installs again.
    void clear() throws IOException {
        delete(directory);
    }

    private boolean ofAnotherBuild(Path path) {
        return path.getFileName().toString().startsWith(PREFIX) && !path.equals(directory);
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(from)) {
            all = walk.toList();
        }
        for (Path path : all) {
            Files.copy(path, to.resolve(from.relativize(path).toString()));
        }
    }

    private static void delete(Path tree) throws IOException {
        if (Files.notExists(tree)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
