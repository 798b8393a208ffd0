package io.k3j.testkitprocess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// One running `k3s server` of the distribution that was just built. What it prints goes to a file, whose end
/// is part of every failure's message. Closing it stops it in order.
public final class K3sProcess implements AutoCloseable {
    private static final Duration JCMD_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final long LOOK_MILLIS = 20;
    private static final int TAIL_LINES = 50;

    private final Process process;
    private final Path dataDir;
    private final Path output;

    private K3sProcess(Process process, Path dataDir, Path output) {
        this.process = process;
        this.dataDir = dataDir;
        this.output = output;
    }

    /// The distribution, from the system property `k3j.dist`.
    public static Path distribution() {
        return Path.of(System.getProperty("k3j.dist", "../../distribution/target/dist")).toAbsolutePath().normalize();
    }

    /// Starts `k3s server` on a free port with data below `dir`, and further flags.
    public static K3sProcess server(Path dir, String... flags) throws IOException {
        return server(dir, List.of(), flags);
    }

    /// The same with options of the virtual machine.
    public static K3sProcess server(Path dir, List<String> javaOptions, String... flags) throws IOException {
        Path dataDir = dir.resolve("data");
        Path output = dir.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(distribution().resolve("bin/k3s").toString(), "server",
                "--data-dir", dataDir.toString(), "--https-listen-port", "0", "--write-kubeconfig",
                dir.resolve("k3s.yaml").toString()));
        command.addAll(List.of(flags));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("K3S_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.environment().put("K3S_JAVA_OPTIONS", String.join(" ", javaOptions));
        builder.environment().put("K3S_CONFIG_FILE", "/dev/null");
        return new K3sProcess(builder.start(), dataDir, output);
    }

    /// Its process id.
    public long pid() {
        return process.pid();
    }

    /// Whether it has not ended.
    public boolean running() {
        return process.isAlive();
    }

    /// Its data directory.
    public Path dataDir() {
        return dataDir;
    }

    /// Everything it printed so far.
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until it printed `text`.
    /// @throws AssertionError with the end of its output when it did not in time, or ended
    public void awaitOutput(String text, Duration limit) throws InterruptedException {
        await("output of: " + text, limit, () -> output().contains(text));
    }

    /// Waits for any condition, as long as it runs.
    public void await(String what, Duration limit, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "no " + what + " after " + limit.toSeconds() + " s; its last lines:\n" + tail());
            }
            if (process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new AssertionError("ended with " + process.exitValue() + "; its last lines:\n" + tail());
            }
        }
    }

    /// Waits until it has ended by itself.
    /// @return its exit code
    /// @throws AssertionError with the end of its output when it has not in time
    public int awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("runs after " + limit.toSeconds() + " s; its last lines:\n" + tail());
        }
        return process.exitValue();
    }

    /// The end of its output.
    public String tail() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    /// A command of the console socket.
    public ConsoleAnswer console(String... words) throws IOException {
        return ConsoleAnswer.of(dataDir.resolve("bundles/console.sock"), words);
    }

    /// A command of `jcmd`, e.g. `GC.class_histogram`.
    public String jcmd(String command) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid()), command).redirectErrorStream(true).start();
        return Bounded.output(jcmd, "jcmd " + command, JCMD_LIMIT);
    }

    /// Ends it with SIGTERM and waits.
    /// @return its exit code
    public int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError("did not stop in time; its last lines:\n" + tail());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
