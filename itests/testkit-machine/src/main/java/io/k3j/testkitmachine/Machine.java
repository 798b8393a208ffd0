package io.k3j.testkitmachine;

import io.k3j.testkitbase.Deletion;
import io.k3j.testkitbase.Leftovers;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testkitprocess.Reaper;
import java.io.BufferedWriter;
import io.k3j.testmachine.Packages;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// A machine on this kernel: own processes, mounts, name, network and control groups; what it writes below `/etc`,
/// `/var/lib` and `/var/log` stays in a directory of the test. A cable (a veth pair) joins it to the test, which is
/// the world outside for it. Closing it pulls the plug and removes all it made, unless a test failed and
/// `-Dk3j.keep=failure` is given. It goes off with the process that made it, too, however that ends.
public final class Machine implements AutoCloseable, Leftovers.Trace {
    private static final String NAME = "k3j-e2e-";

    private final Path dir;
    private final Cable cable;
    private final Wire wire;
    private ChildProcess power;
    private boolean kept;
    private boolean gone;

    /// How a machine is joined to others.
    ///
    /// @param host its name
    /// @param address its own, with 24 bits of network
    /// @param gateway the way out
    /// @param link what it calls its cable
    /// @param bridge the bridge the other end is plugged into; empty: the test holds it, as the gateway
    record Wire(String host, String address, String gateway, String link, String bridge) {
    }

    private Machine(Path dir, Cable cable, Wire wire, ChildProcess power) {
        this.dir = dir;
        this.cable = cable;
        this.wire = wire;
        this.power = power;
    }

    /// Why no machine can be made here; empty when it can.
    public static String obstacle() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "needs root: namespaces, mounts and control groups are made";
        }
        return Packages.missing("containerd", "runc", "containernetworking-plugins", "nftables", "iproute2", "iptables",
                "conntrack", "kmod", "procps");
    }

    /// Switches one on.
    public static Machine on() throws IOException, InterruptedException {
        Cable cable = Cable.free();
        String net = "10.213." + cable.number();
        return on(cable, new Wire(NAME + cable.number(), net + ".2", net + ".1", "eth0", ""));
    }

    /// Switches one on that is joined to others.
    static Machine on(Wire wire) throws IOException, InterruptedException {
        return on(Cable.free(), wire);
    }

    private static Machine on(Cable cable, Wire wire) throws IOException, InterruptedException {
        int number = cable.number();
        Path dir = Files.createTempDirectory(disk(number));
        try (InputStream script = Objects.requireNonNull(Machine.class.getResourceAsStream("machine.sh"))) {
            Files.copy(script, dir.resolve("machine.sh"));
        }
        prune(dir, number);
        Machine machine = new Machine(dir, cable, wire, power(dir, number, wire));
        Leftovers.ofThisJvm().expect(machine);
        try {
            machine.booted();
            return machine;
        } catch (AssertionError | IOException | InterruptedException e) {
            machine.close();
            throw e;
        }
    }

    private static ChildProcess power(Path dir, int number, Wire wire) throws IOException {
        Files.deleteIfExists(dir.resolve("booted"));
        return Launch.of("bash", dir.resolve("machine.sh").toString(), "power", name(number), dir.toString(),
                wire.host()).output(dir.resolve("boot.txt")).interactive().gracePeriod(Duration.ZERO).start();
    }

    private void booted() throws IOException, InterruptedException {
        Waiting.until("booted machine", power, () -> Files.exists(dir.resolve("booted")));
        plugIn();
    }

    /// Pulls its plug: every process on it is gone at once; its disk stays. Its cable goes first, so that nobody hears
    /// of the end of its connections. A new cable keeps its number: the old one goes with the machine's network.
    void lost() throws IOException, InterruptedException {
        if (power.running()) {
            cable.cut();
            power.close();
            cable.clear();
        }
    }

    /// Switches it on again after [#lost], with its disk, name and address.
    void again() throws IOException, InterruptedException {
        Waiting.until("empty control groups", this::cleaned);
        power = power(dir, cable.number(), wire);
        booted();
    }

    /// Pulls its cable, or plugs it in.
    void link(boolean up) throws IOException, InterruptedException {
        ip("link", "set", outer(), up ? "up" : "down").text(Waiting.LIMIT);
    }

    /// Its host name.
    public String name() {
        return wire.host();
    }

    /// Its address, as seen by the test.
    public String address() {
        return wire.address();
    }

    /// What the test calls its cable, for rules about what goes through it.
    public String outer() {
        return cable.outer();
    }

    /// The directory of what it writes, at the same place inside and outside.
    public Path dir() {
        return dir;
    }

    /// The words that run `command` inside.
    public List<String> inside(List<String> command) {
        List<String> words = new ArrayList<>(
                List.of("bash", dir.resolve("machine.sh").toString(), "enter", name(cable.number()),
                        Long.toString(init())));
        words.addAll(command);
        return words;
    }

    /// Runs a shell line inside.
    public Outcome run(Duration limit, String line) throws IOException, InterruptedException {
        return Launch.of(inside(List.of("bash", "-c", line))).run(limit);
    }

    /// Requests to its API server from outside, as the admin of its kubeconfig.
    public Api api() throws IOException {
        return Api.of(kubeconfig(), server());
    }

    /// Requests to its API server from outside, as nobody: they bring a token of their own.
    public Api anonymous() throws IOException {
        return Api.anonymous(kubeconfig(), server());
    }

    private Path kubeconfig() {
        return dir.resolve("etc/rancher/k3s/k3s.yaml");
    }

    private String server() {
        return "https://" + address() + ":6443";
    }

    /// Leaves everything as it is on closing, when the user asked for it by `-Dk3j.keep=failure`.
    public void failed() {
        kept = "failure".equals(System.getProperty("k3j.keep"));
    }

    @Override
    public void close() {
        if (kept) {
            stay();
            System.out.println("kept: " + String.join(" ", inside(List.of("bash"))));
            return;
        }
        remove();
        Teardown.of("machine " + name(), () -> {
            if (left().isEmpty()) {
                Leftovers.ofThisJvm().gone(this);
                gone = true;
                cable.close();
            }
        });
    }

    /// Its number is its own until nothing bears it any more.
    @Override
    public void remove() {
        if (!gone) {
            Teardown.of("machine " + name(), this::lost, power::close,
                    () -> Waiting.until("empty control groups", this::cleaned), () -> Deletion.of(dir), cable::remove);
        }
    }

    /// Its control groups, disk and cable.
    @Override
    public String left() throws IOException {
        return gone ? "" : remains().left();
    }

    private Remains remains() {
        return new Remains(name(cable.number()), dir, outer());
    }

    /// Its power hangs on the input of its process, which ends with this one.
    private void stay() {
        try (BufferedWriter said = power.writer()) {
            said.write("stay\n");
            Reaper.dismiss();
        } catch (IOException e) {
            throw new AssertionError("could not leave " + name() + " on", e);
        }
    }

    /// Removes what a machine with this number left whose test was killed.
    private static void prune(Path dir, int number) throws IOException, InterruptedException {
        clean(dir, number);
        try (DirectoryStream<Path> disks = Files.newDirectoryStream(dir.getParent(), disk(number) + "*")) {
            for (Path disk : disks) {
                if (!disk.equals(dir)) {
                    Deletion.of(disk);
                }
            }
        }
    }

    private static String disk(int number) {
        return name(number) + "-";
    }

    /// What its control groups and its disk are called. A cable's number is its own in one network namespace only, and
    /// those are seen from all.
    private static String name(int number) {
        try {
            String net = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
            return NAME + net.replaceAll("\\D", "") + "-" + number;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void clean(Path dir, int number) throws IOException, InterruptedException {
        Launch.of("bash", dir.resolve("machine.sh").toString(), "clean", name(number)).run(Waiting.LIMIT);
    }

    private static Launch ip(String... words) {
        return Launch.of(Stream.concat(Stream.of("ip"), Stream.of(words)).toList());
    }

    private boolean cleaned() throws IOException, InterruptedException {
        clean(dir, cable.number());
        return remains().groups().isEmpty();
    }

    /// The process outside that is its process 1: whoever holds its namespaces enters them by this number.
    public long init() {
        return power.children().findFirst().orElseThrow(() -> new AssertionError(name() + " is off")).pid();
    }

    private void plugIn() throws IOException, InterruptedException {
        ip("link", "set", cable.inner(), "netns", Long.toString(init()), "name", wire.link()).text(Waiting.LIMIT);
        if (wire.bridge().isEmpty()) {
            ip("addr", "add", wire.gateway() + "/24", "dev", outer()).text(Waiting.LIMIT);
        } else {
            ip("link", "set", outer(), "master", wire.bridge()).text(Waiting.LIMIT);
        }
        ip("link", "set", outer(), "up").text(Waiting.LIMIT);
        Launch.of(inside(List.of("bash", "-c", "ip addr add " + address() + "/24 dev " + wire.link()
                + " && ip link set " + wire.link() + " up && ip route add default via " + wire.gateway())))
                .text(Waiting.LIMIT);
    }
}
