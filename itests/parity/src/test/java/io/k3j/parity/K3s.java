package io.k3j.parity;

import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// `k3s` of the distribution, here or on a machine. All its files are below one directory, what it prints beside it.
final class K3s implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final ChildProcess process;
    private final Path directory;

    private K3s(ChildProcess process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /// How to start it.
    ///
    /// @param where wraps the words of a command, to run them on a machine say
    /// @param features the directory of the features it knows
    record Site(UnaryOperator<List<String>> where, Path features) {
        /// Starts `k3s WORD` with its files in a directory, which need not exist, named as the node.
        K3s start(String word, Path directory, List<String> flags) throws IOException {
            List<String> command = new ArrayList<>(List.of(K3sProcess.distribution().resolve("bin/k3s").toString(),
                    word, "--data-dir", directory.resolve("data").toString(), "--node-name",
                    String.valueOf(directory.getFileName())));
            if (word.equals("server")) {
                command.addAll(List.of("--write-kubeconfig", directory.resolve("k3s.yaml").toString()));
            }
            command.addAll(flags);
            return new K3s(Launch.of(where.apply(command)).withoutK3sEnvironment()
                    .environment(Map.of("K3S_JAVA", Launch.jdk("java"), "K3S_CONFIG_FILE", "/dev/null",
                            "K3S_JAVA_OPTIONS", Launch.javaOptions() + " -Dk3j.features=" + features))
                    .output(directory.resolveSibling(directory.getFileName() + ".txt")).start(), directory);
        }
    }

    /// What is below it is all it may write.
    Path directory() {
        return directory;
    }

    String output() {
        return process.output();
    }

    /// Waits until it has printed all of these.
    void prints(String... texts) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            // before the look, which then sees all that it has printed
            boolean ended = process.ended(LOOK);
            if (List.of(texts).stream().allMatch(output()::contains)) {
                return;
            }
            if (System.nanoTime() > end || ended) {
                throw new AssertionError("did not print " + List.of(texts) + " but:\n" + output());
            }
        }
    }

    /// Waits for its end; its exit code.
    int code() throws InterruptedException {
        try {
            return process.awaitEnd(LIMIT);
        } catch (AssertionError late) {
            process.close();
            throw late;
        }
    }

    /// Stops it in order.
    @Override
    public void close() {
        try (process) {
            // on a machine the process is that of the shell that entered it
            process.tree().forEach(ProcessHandle::destroy);
            code();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
