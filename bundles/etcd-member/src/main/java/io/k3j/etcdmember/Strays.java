package io.k3j.etcdmember;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Processes of etcd by the configuration file they were started with. Whoever started one may have been killed
/// before he could note it; it goes on, with its ports and its lock on the data.
final class Strays {
    /// The option before the file, the last one of every etcd we start.
    static final String OPTION = "--config-file";
    /// etcd takes up to seven seconds to leave.
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Path PROC = Path.of("/proc");

    private Strays() {
    }

    /// The one that runs with this very file, whatever processes in other containers say of theirs.
    static Optional<ProcessHandle> of(Path config) throws IOException {
        if (Files.notExists(config)) {
            return Optional.empty();
        }
        try (Stream<Path> all = Files.list(PROC)) {
            return all.filter(one -> has(one, config))
                    .flatMap(one -> ProcessHandle.of(Long.parseLong(one.getFileName().toString())).stream())
                    .findFirst();
        }
    }

    private static boolean has(Path process, Path config) {
        try {
            List<String> words = List.of(Files.readString(process.resolve("cmdline")).split("\0"));
            int last = words.size() - 1;
            return last > 0 && words.get(last).equals(config.toString()) && words.get(last - 1).equals(OPTION)
                    && Files.isSameFile(Path.of(process.resolve("root").toString() + config), config);
        } catch (IOException goneOrNone) {
            return false;
        }
    }

    /// Ends the one that runs with this file.
    static void end(Path config) throws IOException, InterruptedException {
        Optional<ProcessHandle> stray = of(config);
        if (stray.isPresent()) {
            end(stray.get(), LIMIT);
        }
    }

    /// Ends a process, in the end by force.
    static void end(ProcessHandle handle, Duration limit) throws InterruptedException {
        handle.destroy();
        if (!ended(handle, limit)) {
            handle.destroyForcibly();
            ended(handle, limit);
        }
    }

    /// Whether it ends in time.
    static boolean ended(ProcessHandle handle, Duration limit) throws InterruptedException {
        try {
            handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }
}
