package io.k3j.architecture;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The source tree as these tests read it.
final class Tree {
    static final Path ROOT = Path.of("../..");
    private static final String PACKAGES = "io.k3j.";

    private Tree() {
    }

    /// The directories of all rooms of one kind (`contracts`, `libraries`, `providers`), by name.
    static Map<String, Path> rooms(String kind) throws IOException {
        try (Stream<Path> all = Files.list(ROOT.resolve("bundles").resolve(kind))) {
            return all.filter(Files::isDirectory)
                    .collect(Collectors.toMap(p -> p.getFileName().toString(), p -> p, (a, b) -> a, TreeMap::new));
        }
    }

    /// The libraries that are part of a provider's jar, as its `bnd.bnd` says, each with that provider; both by package
    /// names without `io.k3j.`.
    static Map<String, String> embedded() {
        Map<String, String> embedded = new TreeMap<>();
        try {
            for (Map.Entry<String, Path> room : rooms("providers").entrySet()) {
                String provider = room.getKey().replace("-", "");
                privatePackages(room.getValue()).forEach(library -> embedded.put(library, provider));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return embedded;
    }

    private static Stream<String> privatePackages(Path room) throws IOException {
        Properties bnd = new Properties();
        try (Reader file = Files.newBufferedReader(room.resolve("bnd.bnd"))) {
            bnd.load(file);
        }
        return Stream.of(bnd.getProperty("-privatepackage", "").split(",")).map(String::strip)
                .filter(name -> name.startsWith(PACKAGES)).map(name -> name.substring(PACKAGES.length()));
    }

    /// The jars that were built of a room.
    static List<Path> jars(Path room) throws IOException {
        try (Stream<Path> built = Files.list(room.resolve("target"))) {
            return built.filter(file -> file.toString().endsWith(".jar")).toList();
        }
    }

    /// The sources of a room that are shipped, but for what describes its package.
    static List<Path> sources(Path room) throws IOException {
        try (Stream<Path> all = Files.walk(room.resolve("src/main/java"))) {
            return all.filter(p -> p.toString().endsWith(".java") && !p.endsWith("package-info.java")).sorted()
                    .toList();
        }
    }

    /// The Java files below a directory of the tree. What is built is not looked into: it comes and goes while other
    /// modules are built and tested.
    static List<Path> java(String below) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT.resolve(below), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.endsWith("target") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    static int lines(List<Path> sources) throws IOException {
        int lines = 0;
        for (Path source : sources) {
            lines += Files.readAllLines(source).size();
        }
        return lines;
    }
}
