package io.k3j.installitest;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A machine whose root is a bare Debian made by debootstrap: no Java, no kubectl, no systemd, no container runtime.
/// What it is made of is kept for the next run.
final class Debian implements AutoCloseable {
    private static final Duration MAKE_LIMIT = Duration.ofMinutes(5);
    private static final Duration MOVE_LIMIT = Duration.ofSeconds(60);
    private static final String CLEAN = "env -i HOME=/root"
            + " PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final List<String> ARCHIVES = List.of("containerd", "runc", "nftables", "iproute2", "iptables",
            "conntrack", "containernetworking-plugins");

    private final Machine machine;

    private Debian(Machine machine) {
        this.machine = machine;
    }

    /// Makes the tree that machines are copied from, when `dir` is not there yet; this needs Debian's mirror.
    /// @return why it could not be made; empty when it is there
    static String make(Path dir) throws IOException, InterruptedException {
        Files.createDirectories(dir.getParent());
        Path script = script(dir.resolveSibling("debian.sh"));
        List<String> words = new ArrayList<>(
                List.of("bash", script.toString(), "make", dir.toString(), "bookworm"));
        words.addAll(ARCHIVES);
        Outcome made = Launch.of(words).environment("DEBIAN_FRONTEND", "noninteractive").run(MAKE_LIMIT);
        return made.code() == 0 ? "" : "debootstrap failed: " + made.text();
    }

    /// Switches one on, with a copy of `tree` as its root.
    static Debian on(Path tree) throws IOException, InterruptedException {
        Debian debian = new Debian(Machine.on());
        try {
            Path script = script(debian.machine.dir().resolve("debian.sh"));
            Outcome moved = debian.machine.run(MOVE_LIMIT, "bash " + script + " move " + tree + " " + debian.root());
            if (moved.code() != 0) {
                throw new AssertionError("no Debian root: " + moved.text());
            }
            script(debian.root().resolve("root/debian.sh"));
            return debian;
        } catch (AssertionError | IOException | InterruptedException e) {
            debian.close();
            throw e;
        }
    }

    /// Its root, seen from the test.
    Path root() {
        return machine.dir().resolve("root");
    }

    /// Runs a shell line in it with nothing in the environment but a `PATH` and a `HOME`.
    Outcome run(Duration limit, String line) throws IOException, InterruptedException {
        return Launch.of(inside(line)).run(limit);
    }

    /// Starts a shell line in it that lives on; its output goes to `log`.
    ChildProcess start(String line, Path log) throws IOException {
        return Launch.of(inside(line)).output(log).start();
    }

    private List<String> inside(String line) {
        List<String> words = new ArrayList<>(List.of(CLEAN.split(" ")));
        words.addAll(List.of("bash", "-c", line));
        return machine.inside(words);
    }

    private static Path script(Path to) throws IOException {
        try (InputStream script = Objects.requireNonNull(Debian.class.getResourceAsStream("debian.sh"))) {
            Files.copy(script, to, StandardCopyOption.REPLACE_EXISTING);
        }
        return to;
    }

    @Override
    public void close() {
        machine.close();
    }
}
