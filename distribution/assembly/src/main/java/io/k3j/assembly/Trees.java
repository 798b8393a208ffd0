package io.k3j.assembly;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Directory trees.
final class Trees {
    /// What a build has made in a tree of sources.
    private static final Path BUILT = Path.of("target");

    private Trees() {
    }

    /// Copies over what is there, but what a build has made in it; permissions come along.
    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.filter(each -> !built(from.relativize(each))).toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static boolean built(Path below) {
        return StreamSupport.stream(below.spliterator(), false).anyMatch(BUILT::equals);
    }

    /// Deletes the tree, if it is there.
    static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> walk = Files.walk(tree)) {
                for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }
}
