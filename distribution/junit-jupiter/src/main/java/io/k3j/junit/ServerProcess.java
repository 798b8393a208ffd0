package io.k3j.junit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The process of `k3s server`, below a shell that ends it when this JVM ends: whose tests are killed leaves nothing.
final class ServerProcess {
    static final String KUBECONFIG = "k3s.yaml";
    static final String DATA = "data";
    /// K3s prints this line once, when it serves and its node, if it has one, is Ready.
    private static final String READY = "k3s is up and running";
    private static final String OUTPUT = "output.txt";
    private static final int TOLD_LINES = 50;
    /// A distribution that was built without its own Java needs one like this, as these tests may have.
    private static final int JAVA = 25;
    private static final long LOOK_MILLIS = 20;
    /// Beyond the shell's own patience with the server.
    private static final long GRACE_SECONDS = 20;
    private final Process process;
    private final Path output;

    private ServerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static ServerProcess start(Path program, Path directory, ClusterSpec spec) throws IOException {
        Path output = directory.resolve(OUTPUT);
        List<String> command = new ArrayList<>(List.of("sh", "-c", script(), "k3j", program.toString(), "server",
                "--data-dir", directory.resolve(DATA).toString(), "--https-listen-port", "0",
                "--write-kubeconfig", directory.resolve(KUBECONFIG).toString()));
        if (!spec.node()) {
            command.add("--disable-agent");
        }
        command.addAll(spec.args());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        environment(builder.environment(), program, spec);
        return new ServerProcess(builder.start(), output);
    }

    /// Leaves out of an environment what would lead to the user's own cluster.
    static void environment(Map<String, String> environment, Path program, ClusterSpec spec)
            throws IOException {
        environment.keySet()
                .removeIf(name -> name.startsWith("K3S_") && !name.equals("K3S_JAVA") || name.equals("KUBECONFIG"));
        environment.put("K3S_JAVA_OPTIONS", spec.javaOptions());
        environment.put("K3S_CONFIG_FILE", "/dev/null");
        Path own = program.toRealPath().resolveSibling("../runtime/bin/java");
        if (!Files.exists(own) && Runtime.version().feature() >= JAVA) {
            environment.putIfAbsent("K3S_JAVA", Path.of(System.getProperty("java.home"), "bin/java").toString());
        }
    }

    private static String script() throws IOException {
        try (InputStream script = Objects.requireNonNull(ServerProcess.class.getResourceAsStream("run.sh"))) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    void awaitReady(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        while (!output().contains(READY)) {
            if (ended(LOOK_MILLIS)) {
                throw new IllegalStateException("k3s server ended with " + process.exitValue() + ":\n" + lastLines());
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException("k3s server was not ready after " + timeout.toSeconds()
                        + " s, which timeoutSeconds allows:\n" + lastLines());
            }
        }
    }

    private boolean ended(long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a cluster starts", e);
        }
    }

    boolean running() {
        return process.isAlive();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return "(no output: " + e.getMessage() + ")";
        }
    }

    private String lastLines() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TOLD_LINES), lines.size()));
    }

    /// The shell sees the end of its input, and ends the server.
    void close() throws IOException {
        process.getOutputStream().close();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
