package io.k3j.parity;

import io.k3j.testkitprocess.K3sProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// `k3s` of the distribution, here or on a machine. All its files are below one directory, what it prints beside it.
final class K3s implements AutoCloseable {
    private static final long LIMIT_SECONDS = 300;
    private static final long LOOK_MILLIS = 50;

    private final Process process;
    private final Path directory;
    private final Path output;

    private K3s(Process process, Path directory, Path output) {
        this.process = process;
        this.directory = directory;
        this.output = output;
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
            Path output = directory.resolveSibling(directory.getFileName() + ".txt");
            ProcessBuilder builder = new ProcessBuilder(where.apply(command)).redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(output.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("K3S_") || name.equals("KUBECONFIG"));
            builder.environment().put("K3S_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
            builder.environment().put("K3S_JAVA_OPTIONS", "-Dk3j.features=" + features);
            builder.environment().put("K3S_CONFIG_FILE", "/dev/null");
            return new K3s(builder.start(), directory, output);
        }
    }

    /// What is below it is all it may write.
    Path directory() {
        return directory;
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until it has printed all of these.
    void prints(String... texts) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!List.of(texts).stream().allMatch(output()::contains)) {
            if (System.nanoTime() > end || process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("did not print " + List.of(texts) + " but:\n" + output());
            }
        }
    }

    /// Waits for its end; its exit code.
    int code() throws InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("still runs:\n" + output());
        }
        return process.exitValue();
    }

    /// Stops it in order.
    @Override
    public void close() {
        // on a machine the process is that of the shell that entered it
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            code();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
