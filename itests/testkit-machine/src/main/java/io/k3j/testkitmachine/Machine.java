package io.k3j.testkitmachine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// A machine on this kernel: own processes, mounts, name, network and control groups; what it writes below `/etc`,
/// `/var/lib` and `/var/log` stays in a directory of the test. A cable (a veth pair) joins it to the test, which is
/// the world outside for it. Closing it pulls the plug and removes all it made, unless a test failed and
/// `-Dk3j.keep=failure` is given.
public final class Machine implements AutoCloseable {
    private static final int CABLES = 250;
    private static final Duration BOOT_LIMIT = Duration.ofSeconds(20);
    private static final String NAME = "k3j-e2e-";

    private final Path dir;
    private final int number;
    private final Process power;
    private boolean kept;

    private Machine(Path dir, int number, Process power) {
        this.dir = dir;
        this.number = number;
        this.power = power;
    }

    /// Why no machine can be made here; empty when it can.
    public static String obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "needs root: namespaces, mounts and control groups are made";
        }
        return Stream.of("unshare", "nsenter", "ip", "containerd", "runc").filter(tool -> !installed(tool))
                .reduce("", (all, tool) -> all + tool + " is not installed; ");
    }

    /// Switches one on.
    public static Machine on() throws IOException, InterruptedException {
        Path dir = Files.createTempDirectory("k3j-e2e");
        try (InputStream script = Objects.requireNonNull(Machine.class.getResourceAsStream("machine.sh"))) {
            Files.copy(script, dir.resolve("machine.sh"));
        }
        int number = cable();
        Process power = new ProcessBuilder("bash", dir.resolve("machine.sh").toString(), "power", NAME + number,
                dir.toString()).redirectErrorStream(true).redirectOutput(dir.resolve("boot.txt").toFile()).start();
        Machine machine = new Machine(dir, number, power);
        try {
            Waiting.until("booted machine", BOOT_LIMIT, () -> Files.exists(dir.resolve("booted")),
                    () -> read(dir.resolve("boot.txt")));
            machine.plugIn();
            return machine;
        } catch (AssertionError | IOException | InterruptedException e) {
            machine.close();
            throw e;
        }
    }

    /// Its host name.
    public String name() {
        return NAME + number;
    }

    /// Its address, as seen by the test.
    public String address() {
        return "10.213." + number + ".2";
    }

    /// The directory of what it writes, at the same place inside and outside.
    public Path dir() {
        return dir;
    }

    /// The words that run `command` inside.
    public List<String> inside(List<String> command) {
        List<String> words = new ArrayList<>(
                List.of("bash", dir.resolve("machine.sh").toString(), "enter", name(), Long.toString(init())));
        words.addAll(command);
        return words;
    }

    /// Runs a shell line inside.
    public Outcome run(Duration limit, String line) throws IOException, InterruptedException {
        return Outcome.of(limit, Map.of(), inside(List.of("bash", "-c", line)));
    }

    /// Leaves everything as it is on closing, when the user asked for it by `-Dk3j.keep=failure`.
    public void failed() {
        kept = "failure".equals(System.getProperty("k3j.keep"));
    }

    @Override
    public void close() {
        if (kept) {
            System.out.println("kept: " + String.join(" ", inside(List.of("bash"))));
            return;
        }
        try {
            power.descendants().forEach(ProcessHandle::destroyForcibly);
            power.destroyForcibly().waitFor();
            Outcome.of(BOOT_LIMIT, Map.of(), List.of("ip", "link", "del", "kj" + number));
            Waiting.until("empty control groups", BOOT_LIMIT, this::cleaned, () -> "");
            remove(dir);
        } catch (IOException e) {
            throw new AssertionError("could not remove " + name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean cleaned() throws IOException, InterruptedException {
        Outcome.of(BOOT_LIMIT, Map.of(), List.of("bash", dir.resolve("machine.sh").toString(), "clean", name()));
        return Stream.of("/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids")
                .noneMatch(root -> Files.exists(Path.of(root, name())));
    }

    /// The process outside that is its process 1: whoever holds its namespaces enters them by this number.
    public long init() {
        return power.children().findFirst().orElseThrow(() -> new AssertionError(name() + " is off")).pid();
    }

    /// Makes the cable, whose number is the machine's: it is what two tests at the same time cannot both have.
    private static int cable() throws IOException, InterruptedException {
        for (int n = 1; n <= CABLES; n++) {
            if (Outcome.of(BOOT_LIMIT, Map.of(),
                    List.of("ip", "link", "add", "kj" + n, "type", "veth", "peer", "name", "kjp" + n)).code() == 0) {
                return n;
            }
        }
        throw new AssertionError("no free cable among kj1 … kj" + CABLES);
    }

    private void plugIn() throws IOException, InterruptedException {
        String outer = "kj" + number;
        Outcome.text(List.of("ip", "link", "set", "kjp" + number, "netns", Long.toString(init()), "name", "eth0"));
        Outcome.text(List.of("ip", "addr", "add", "10.213." + number + ".1/24", "dev", outer));
        Outcome.text(List.of("ip", "link", "set", outer, "up"));
        Outcome inner = run(BOOT_LIMIT, "ip addr add " + address() + "/24 dev eth0 && ip link set eth0 up"
                + " && ip route add default via 10.213." + number + ".1");
        if (inner.code() != 0) {
            throw new AssertionError(inner.text());
        }
    }

    private static boolean installed(String tool) {
        return Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .anyMatch(dir -> Files.isExecutable(Path.of(dir, tool)));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void remove(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
