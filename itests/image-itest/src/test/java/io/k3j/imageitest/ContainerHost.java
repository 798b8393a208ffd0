package io.k3j.imageitest;

import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A machine with a containerd of its own, as one with Docker, that holds the image.
final class ContainerHost implements AutoCloseable {
    /// The name of the image.
    static final String IMAGE = System.getProperty("k3j.image.name", "k3j.io/k3s:0.1.0");
    private static final String SOCKET = "/run/host/containerd.sock";
    private static final String CONFIG = """
            version = 2
            root = "%s"
            state = "/run/host/state"
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
            address = "%s"
            """;

    private final Machine machine;
    private final ChildProcess containerd;
    private final ImageConfig image;

    private ContainerHost(Machine machine, ChildProcess containerd, ImageConfig image) {
        this.machine = machine;
        this.containerd = containerd;
        this.image = image;
    }

    /// Switches one on that has the image of an archive.
    static ContainerHost on(Path archive) throws IOException, InterruptedException {
        Machine machine = Machine.on();
        try {
            Path config = Files.writeString(machine.dir().resolve("containerd.toml"),
                    CONFIG.formatted(machine.dir().resolve("containerd"), SOCKET));
            ChildProcess containerd = Launch.of(machine.inside(List.of("containerd", "--config", config.toString())))
                    .output(machine.dir().resolve("containerd.txt")).start();
            Waiting.until("containerd", containerd,
                    () -> machine.run(Waiting.LIMIT, ctr("version")).code() == 0);
            ContainerHost host = new ContainerHost(machine, containerd, ImageConfig.of(archive));
            host.text(ctr("images import " + archive));
            return host;
        } catch (AssertionError | IOException | InterruptedException e) {
            machine.close();
            throw e;
        }
    }

    /// A line that asks its containerd.
    static String ctr(String words) {
        return "ctr --address " + SOCKET + " " + words;
    }

    /// What the image says of how it is run.
    ImageConfig image() {
        return image;
    }

    /// A directory that is at the same place inside and outside.
    Path dir() {
        return machine.dir();
    }

    /// Runs a shell line on it.
    Outcome run(String line) throws IOException, InterruptedException {
        return machine.run(Waiting.LIMIT, line);
    }

    /// The same, which must succeed.
    /// @return what it printed
    String text(String line) throws IOException, InterruptedException {
        Outcome outcome = run(line);
        if (outcome.code() != 0) {
            throw new AssertionError(line + "\nended with " + outcome.code() + "\n" + outcome.text());
        }
        return outcome.text();
    }

    /// Starts a shell line that lives on; its output goes to `log`.
    ChildProcess start(String line, Path log) throws IOException {
        return Launch.of(machine.inside(List.of("bash", "-c", "exec " + line))).output(log).start();
    }

    @Override
    public void close() {
        Teardown.of("host of containers", containerd::close, machine::close);
    }
}
