package io.k3j.etcdmember;

import io.k3j.childprocess.Daemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds etcd processes by their configuration file. A server process may be killed after it started etcd and
/// before it wrote the record; that etcd keeps its ports and its lock on the data.
final class OrphanProcesses {
    /// The option before the file, the last option of every etcd this bundle starts.
    static final String OPTION = "--config-file";
    /// etcd takes up to seven seconds to stop.
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Path PROC = Path.of("/proc");

    private OrphanProcesses() {
    }

    /// The process that runs with this file. Compares the file itself, because a process in another container
    /// may use the same path.
    static Optional<ProcessHandle> of(Path config) throws IOException {
        if (Files.notExists(config)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(PROC)) {
            return all.filter(one -> runsWith(one, config))
                    .flatMap(one -> ProcessHandle.of(Long.parseLong(one.getFileName().toString())).stream())
                    .findFirst();
        }
    }

    private static boolean runsWith(Path process, Path config) {
        try {
            List<String> words = List.of(Files.readString(process.resolve("cmdline")).split("\0"));
            int last = words.size() - 1;
            return last > 0 && words.get(last).equals(config.toString()) && words.get(last - 1).equals(OPTION)
                    && Files.isSameFile(Path.of(process.resolve("root").toString() + config), config);
        } catch (IOException unreadable) {
            return false;
        }
    }

    /// Ends the process that runs with this file.
    static void end(Path config) throws IOException, InterruptedException {
        Optional<ProcessHandle> orphan = of(config);
        if (orphan.isPresent()) {
            Daemon.end(orphan.get(), LIMIT);
        }
    }
}
