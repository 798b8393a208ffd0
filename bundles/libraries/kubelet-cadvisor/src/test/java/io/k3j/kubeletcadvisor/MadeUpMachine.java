package io.k3j.kubeletcadvisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// Files of a kernel's below a directory, and what a scrape tells of them.
final class MadeUpMachine {
    static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
    static final String AT = " 1700000000000";
    static final String SANDBOX = "a".repeat(64);
    static final String MAIN = "b".repeat(64);
    static final String IMAGE = "docker.io/library/busybox:1";
    final Path root;
    private final List<CadvisorPod> pods = new ArrayList<>();

    MadeUpMachine(Path root) throws IOException {
        this.root = root;
        file("/proc/stat", "cpu 1 2 3\nbtime 1600000030\n");
        file("/proc/meminfo", "MemTotal:       1000 kB\nSwapTotal:       500 kB\nSwapFree:        400 kB\n");
        pods.add(new CadvisorPod("u-1", "ns", "p", List.of(new CadvisorPod.Part(SANDBOX, "", "k3j.io/pause:1"),
                new CadvisorPod.Part(MAIN, "main", IMAGE))));
    }

    void file(String path, String text) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /// Files of a group, each a name and its text.
    void group(String directory, String... files) throws IOException {
        Files.createDirectories(root.resolve(directory.substring(1)));
        for (int i = 0; i < files.length; i += 2) {
            file(directory + "/" + files[i], files[i + 1]);
        }
    }

    CadvisorNode node(String driver) {
        return new CadvisorNode(driver, "/kubepods", Path.of("/var/lib/kubelet"), pods);
    }

    String scrape(String driver) {
        StringBuilder all = new StringBuilder();
        try {
            new CadvisorMetrics(root, InstantSource.fixed(NOW)).write(node(driver), all::append);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.toString();
    }

    /// Lines of a family that have all of these parts.
    static List<String> lines(String text, String family, String... parts) {
        return text.lines().filter(line -> line.startsWith(family + "{"))
                .filter(line -> List.of(parts).stream().allMatch(line::contains)).toList();
    }

    /// What the one line of a family with all of these parts ends with.
    static String value(String text, String family, String... parts) {
        List<String> lines = lines(text, family, parts);
        if (lines.size() != 1) {
            throw new AssertionError(family + " has " + lines);
        }
        return lines.getFirst().substring(lines.getFirst().lastIndexOf('}') + 2);
    }
}
