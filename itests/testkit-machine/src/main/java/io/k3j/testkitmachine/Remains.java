package io.k3j.testkitmachine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a machine has on this kernel besides its processes.
///
/// @param name of its control groups
/// @param dir its disk
/// @param cable the link the test holds
record Remains(String name, Path dir, String cable) {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    /// Of the network the test is in; `/sys/class/net` is that of who mounted it.
    private static final Path LINKS = Path.of("/proc/net/dev");

    /// Whether a link is there.
    static boolean link(String name) throws IOException {
        return Files.readString(LINKS).lines().anyMatch(line -> line.strip().startsWith(name + ":"));
    }

    /// Its control groups that are there: one of version 2, or one in each hierarchy.
    List<Path> groups() throws IOException {
        try (Stream<Path> hierarchies = Files.list(GROUPS)) {
            return hierarchies.map(h -> h.endsWith(name) ? h : h.resolve(name)).filter(Files::exists).toList();
        }
    }

    /// The names of all that is there; empty when nothing is.
    String left() throws IOException {
        Stream<Path> files = Stream.concat(Stream.of(dir).filter(Files::exists), groups().stream());
        Stream<String> links = link(cable) ? Stream.of("link " + cable) : Stream.empty();
        return Stream.concat(files.map(Path::toString), links).collect(Collectors.joining(", "));
    }
}
