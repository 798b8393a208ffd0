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
final class Debian implements AutoCloseable {
    private static final Path MAKER = Path.of("../../build/test-machine/debian").toAbsolutePath().normalize();
    private static final Duration MAKE_LIMIT = Duration.ofMinutes(15);
    private static final Duration MOVE_LIMIT = Duration.ofMinutes(5);
    private static final String CLEAN = "env -i HOME=/root"
            + " PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Machine machine;

    private Debian(Machine machine) {
        this.machine = machine;
    }

    /// Where the tree is that machines are copied from. The first step of the build makes it, which this waits for;
    /// else it is made here. Either needs a mirror of Debian.
    /// @return an exit code that is not 0, and why, when there is none; else the tree is the last line
    static Outcome tree() throws IOException, InterruptedException {
        return Launch.of(List.of("bash", MAKER.toString())).run(MAKE_LIMIT);
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
