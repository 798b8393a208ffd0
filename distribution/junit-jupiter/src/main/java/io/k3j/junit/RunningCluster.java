package io.k3j.junit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A cluster that is ready. Any thread.
///
/// Without the annotation: `try (RunningCluster cluster = RunningCluster.start(ClusterSpec.small())) { … }`.
public final class RunningCluster implements AutoCloseable {
    private final Path directory;
    private final ServerProcess process;

    private RunningCluster(Path directory, ServerProcess process) {
        this.directory = directory;
        this.process = process;
    }

    /// Starts one and waits until it is ready.
    /// @throws IllegalStateException when there is no distribution, or when it ended or was not ready in time, with the
    ///         end of what it printed; nothing is left of it then
    public static RunningCluster start(ClusterSpec spec) throws IOException {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "k3j");
        Path program = Distribution.program(System.getProperties(), System.getenv(), cache);
        Path directory = Files.createTempDirectory("k3j-cluster-");
        RunningCluster cluster = new RunningCluster(directory, process(program, directory, spec));
        try {
            cluster.process.awaitReady(spec.timeout());
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private static ServerProcess process(Path program, Path directory, ClusterSpec spec) throws IOException {
        try {
            return ServerProcess.start(program, directory, spec);
        } catch (IOException e) {
            Directories.delete(directory);
            throw e;
        }
    }

    /// The administrator's kubeconfig as YAML, as `/etc/rancher/k3s/k3s.yaml`.
    public String kubeconfig() {
        try {
            return Files.readString(kubeconfigFile());
        } catch (IOException e) {
            throw new IllegalStateException("no kubeconfig: " + e.getMessage() + "\n" + output(), e);
        }
    }

    /// The file it is in, e.g. for `KUBECONFIG` of a program.
    public Path kubeconfigFile() {
        return directory.resolve(ServerProcess.KUBECONFIG);
    }

    /// Its data directory, K3s' `--data-dir`.
    public Path dataDirectory() {
        return directory.resolve(ServerProcess.DATA);
    }

    /// What the server has printed so far.
    public String output() {
        return process.output();
    }

    /// Whether the server has not ended.
    public boolean running() {
        return process.running();
    }

    /// Stops it, waits for its end (15 s at most, then it is killed), and deletes its directory unless the system
    /// property `k3j.keep` is `true`. Closing it again does nothing.
    @Override
    public void close() throws IOException {
        process.close();
        if (Files.exists(directory) && !Boolean.getBoolean("k3j.keep")) {
            Directories.delete(directory);
        }
    }
}
