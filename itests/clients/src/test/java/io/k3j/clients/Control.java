package io.k3j.clients;

import io.k3j.testkitprocess.ConsoleAnswer;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.RebuiltJars;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/// The product as a process without a node, which can be killed and comes again on the same port.
final class Control implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(120);

    private final Path dir;
    private final int port;
    private K3sProcess process;

    Control(Path dir) throws IOException, InterruptedException {
        this.dir = dir;
        port = FreePort.next();
        process = start();
    }

    private K3sProcess start() throws IOException, InterruptedException {
        K3sProcess started = K3sProcess.server(dir, "--disable-agent", "--bind-address", "127.0.0.1",
                "--https-listen-port", Integer.toString(port));
        started.awaitOutput("API server ready", START_LIMIT);
        return started;
    }

    Path kubeconfig() {
        return dir.resolve("k3s.yaml");
    }

    /// `kill -9`, then a new one.
    void killAndStart() throws IOException, InterruptedException {
        ProcessHandle handle = ProcessHandle.of(process.pid()).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().join();
        process = start();
    }

    /// Swaps the API server for the same one with a changed manifest.
    ConsoleAnswer swapApiServer() throws IOException {
        return process.console("swap", new RebuiltJars(dir).rebuilt("io.k3j.apiserver").toString());
    }

    /// Has all its certificates made anew while it runs.
    void rotateCertificates() throws IOException, InterruptedException {
        String text = K3sProcess.k3s("certificate", "rotate", "--data-dir", process.dataDir().toString(), "--server",
                "https://127.0.0.1:" + port).text(START_LIMIT);
        if (!text.contains("rotated certificates in the running server")) {
            throw new AssertionError(text + "\n" + tail());
        }
    }

    /// The end of its output.
    String tail() {
        return process.tail();
    }

    @Override
    public void close() {
        process.close();
    }
}
