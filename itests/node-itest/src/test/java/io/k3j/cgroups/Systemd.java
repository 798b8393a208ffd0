package io.k3j.cgroups;

import io.k3j.childprocess.Command;
import io.k3j.testkitbase.Running;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A systemd that is process 1 of its own namespaces and control groups, in which nothing else runs. It ends with the
/// process that made it, however that ends.
final class Systemd implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private final Command command = new Command(LIMIT);
    private final String name;
    private final Path script;
    private final Path log;
    private final ChildProcess power;
    private final long init;

    /// @param directory for its root and its log
    /// @param version of its control groups: 2, or that of this machine's
    Systemd(Path directory, int version) throws IOException, InterruptedException {
        name = "k3j-systemd-" + ProcessHandle.current().pid();
        script = directory.resolve("systemd.sh");
        log = directory.resolve("systemd.txt");
        Path root = Files.createDirectories(directory.resolve("root"));
        try (InputStream in = Objects.requireNonNull(Systemd.class.getResourceAsStream("systemd.sh"))) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        power = Launch.of("bash", script.toString(), "power", name, root.toString(), "" + version).output(log)
                .interactive().start();
        try {
            // the root shows that systemctl will not find the systemd of this machine
            until(() -> init() > 0 && Files.exists(Path.of("/proc/" + init() + "/root/k3j-systemd")));
            init = init();
            until(() -> run("systemctl", "is-active", "k3j.target").equals("active\n"));
        } catch (AssertionError | InterruptedException e) {
            close();
            throw e;
        }
    }

    private long init() {
        return power.children().flatMap(ProcessHandle::children).mapToLong(ProcessHandle::pid).findFirst().orElse(0);
    }

    /// The words that run a command in it.
    List<String> inside(String... words) {
        List<String> line = new ArrayList<>(List.of("nsenter", "-t", Long.toString(init), "-a", "-r", "-w"));
        line.addAll(List.of(words));
        return line;
    }

    /// What a command in it prints, whatever its exit code.
    String run(String... words) throws IOException {
        return command.run(inside(words), "").output();
    }

    /// Its root, seen from the test.
    Path root() {
        return Path.of("/proc/" + init + "/root");
    }

    /// Its `/sys/fs/cgroup`.
    Path mount() {
        return root().resolve("sys/fs/cgroup");
    }

    /// What comes true by itself.
    interface Condition {
        /// Looks once.
        boolean met() throws IOException;
    }

    /// Waits for a condition.
    void until(Condition condition) throws InterruptedException {
        Waiting.until("state of systemd", power, condition::met);
    }

    @Override
    public void close() {
        List<ProcessHandle> all = power.descendants().toList();
        Teardown.of(name, () -> power.writer().close(),
                () -> Waiting.until("end of " + name, () -> all.stream().noneMatch(one -> Running.process(one.pid()))),
                () -> Waiting.until("end of its control groups",
                        () -> command.run(List.of("bash", script.toString(), "clean", name), "").code() == 0),
                power::close);
    }
}
