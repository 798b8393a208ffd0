package io.k3j.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The source tree as these tests read it.
final class Tree {
    static final Path ROOT = Path.of("../..");

    private Tree() {
    }

    /// The directories of all rooms of one kind (`contracts`, `libraries`, `providers`), by name.
    static Map<String, Path> rooms(String kind) throws IOException {
        try (Stream<Path> all = Files.list(ROOT.resolve("bundles").resolve(kind))) {
            return all.filter(Files::isDirectory)
                    .collect(Collectors.toMap(p -> p.getFileName().toString(), p -> p, (a, b) -> a, TreeMap::new));
        }
    }

    /// The sources of a room that are shipped, but for what describes its package.
    static List<Path> sources(Path room) throws IOException {
        try (Stream<Path> all = Files.walk(room.resolve("src/main/java"))) {
            return all.filter(p -> p.toString().endsWith(".java") && !p.endsWith("package-info.java")).sorted()
                    .toList();
        }
    }

    static int lines(List<Path> sources) throws IOException {
        int lines = 0;
        for (Path source : sources) {
            lines += Files.readAllLines(source).size();
        }
        return lines;
    }
}
