package io.k3j.networkpolicy;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.nodeapi.FilterRefused;
import io.k3j.nodeapi.PacketFilter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Network namespaces that play [World]: a node with the bridge `cni0`, its pods, and one that plays all that is
/// elsewhere, behind the node's `eth0`. Each has a [PodProcess]. Everything goes with [#close].
final class Namespaces implements PacketFilter, AutoCloseable {
    private static final Map<String, String> NAMES = Map.of("a/x", "ax", "a/y", "ay", "b/x", "bx", "b/db", "bdb",
            "c/far",
            "far", "outside", "far", "node", "node");
    private final String prefix = "kjnp" + ProcessHandle.current().pid() % 10_000 + "-";
    private final Map<String, Process> processes = new HashMap<>();
    private final Map<String, BufferedReader> answers = new HashMap<>();

    /// Whether they can be made here.
    static boolean possible() {
        return Files.isExecutable(Path.of("/usr/sbin/nft")) && System.getProperty("user.name").equals("root")
                && Files.isDirectory(Path.of("/proc/sys/net/ipv6")) && bridging();
    }

    /// Whether bridged packets can be filtered; on a fresh host nobody has loaded the module for that yet.
    private static boolean bridging() {
        Path settings = Path.of("/proc/sys/net/bridge");
        if (!Files.isDirectory(settings)) {
            try {
                run("modprobe br_netfilter", "bash");
            } catch (IOException | FilterRefused notHere) {
                return false;
            }
        }
        return Files.isDirectory(settings);
    }

    Namespaces() throws IOException {
        List<String> lines = new ArrayList<>();
        Set.copyOf(NAMES.values()).forEach(n -> lines.addAll(List.of("ip netns add " + prefix + n,
                in(n) + "ip link set lo up", in(n) + "sysctl -qw net.ipv6.conf.all.accept_dad=0",
                in(n) + "sysctl -qw net.ipv6.conf.default.accept_dad=0")));
        lines.addAll(List.of(in("node") + "ip link add cni0 type bridge", in("node") + "ip link set cni0 up",
                in("node") + "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1"
                        + " net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0",
                in("node") + "sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1",
                in("node") + "ip link add eth0 type veth peer name eth0 netns " + prefix + "far",
                in("node") + "ip addr add 192.0.2.1/24 dev eth0", in("node") + "ip addr add fd99::1/64 dev eth0 nodad",
                in("node") + "ip link set eth0 up", in("far") + "ip link set eth0 up",
                in("far") + "ip addr add 192.0.2.2/24 dev eth0", in("far") + "ip addr add fd99::2/64 dev eth0 nodad",
                in("far") + "ip route add default via 192.0.2.1", in("far") + "ip route add default via fd99::1",
                in("node") + "ip route add default via 192.0.2.2", in("node") + "ip route add default via fd99::2",
                in("node") + "ip addr add 10.42.0.1/24 dev cni0",
                in("node") + "ip addr add fd42::1/64 dev cni0 nodad"));
        World.ADDRESSES.forEach((who, addresses) -> lines.addAll(joined(who, addresses)));
        run(String.join("\n", lines), "bash", "-e");
        for (String name : Set.copyOf(NAMES.values())) {
            start(name);
        }
    }

    private List<String> joined(String who, List<String> addresses) {
        String name = NAMES.get(who);
        List<String> lines = new ArrayList<>();
        if (name.equals("far")) {
            lines.add(in(name) + "ip addr add " + addresses.get(0) + "/32 dev lo");
            lines.add(in(name) + "ip addr add " + addresses.get(1) + "/128 dev lo nodad");
        } else if (!name.equals("node")) {
            lines.addAll(List.of(
                    in("node") + "ip link add v" + name + " type veth peer name eth0 netns " + prefix + name,
                    in("node") + "ip link set v" + name + " master cni0 up",
                    in("node") + "bridge link set dev v" + name + " hairpin on", in(name) + "ip link set eth0 up",
                    in(name) + "ip addr add " + addresses.get(0) + "/24 dev eth0",
                    in(name) + "ip addr add " + addresses.get(1) + "/64 dev eth0 nodad",
                    in(name) + "ip route add default via 10.42.0.1", in(name) + "ip route add default via fd42::1"));
        }
        return lines;
    }

    private String in(String name) {
        return "ip netns exec " + prefix + name + " ";
    }

    private void start(String name) throws IOException {
        Process process = new ProcessBuilder("ip", "netns", "exec", prefix + name,
                Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:TieredStopAtLevel=1", "-Xmx32m",
                "-XX:+UseSerialGC", "-cp",
                PodProcess.class.getProtectionDomain().getCodeSource().getLocation().getPath(),
                PodProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.put(name, process);
        answers.put(name, process.inputReader(StandardCharsets.UTF_8));
        assertThat(answers.get(name).readLine()).as(name).isEqualTo("ready");
    }

    /// Runs a command in the namespace of the node.
    String onNode(String input, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + prefix + "node"));
        words.addAll(List.of(command));
        return run(input, words.toArray(String[]::new));
    }

    /// Runs a shell line in the namespace of a pod.
    String inPod(String who, String line) throws IOException {
        return run(line, "ip", "netns", "exec", prefix + NAMES.get(who), "bash", "-e");
    }

    private static String run(String input, String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (Writer in = process.outputWriter()) {
            in.write(input);
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new FilterRefused(said.strip());
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        return said;
    }

    /// What becomes of a flow: `passed`, `refused` or `lost`.
    String tried(World.Flow flow, int family) throws IOException {
        return tried(flow.from(), World.ADDRESSES.get(flow.from()).get(family),
                World.ADDRESSES.get(flow.to()).get(family), flow.protocol(), flow.port());
    }

    String tried(String from, String source, String target, String protocol, int port) throws IOException {
        return asked(from, protocol + " " + source + " " + target + " " + port + " " + PodProcess.ANSWER_MILLIS);
    }

    /// The same where no datagram is expected to come back: it is lost after a second.
    String unanswered(String from, String source, String target, String protocol, int port) throws IOException {
        return asked(from, protocol + " " + source + " " + target + " " + port + " " + PodProcess.SILENCE_MILLIS);
    }

    /// Begins a connection that stays.
    String begun(String from, String source, String target, int port) throws IOException {
        return asked(from, "begin " + source + " " + target + " " + port);
    }

    /// Whether that connection still carries bytes both ways.
    String goesOn(String from) throws IOException {
        return asked(from, "on");
    }

    private String asked(String from, String line) throws IOException {
        String name = NAMES.get(from);
        Writer in = processes.get(name).outputWriter();
        in.write(line + "\n");
        in.flush();
        return answers.get(name).readLine();
    }

    @Override
    public void apply(String script) {
        try {
            onNode(script, "nft", "-f", "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Set<String> objects(String family, String table) {
        try {
            Set<String> found = new HashSet<>();
            onNode("", "nft", "-t", "list", "table", family, table).lines().map(l -> l.strip().split(" "))
                    .filter(w -> w.length == 3 && w[2].equals("{")).forEach(w -> found.add(w[0] + " " + w[1]));
            return found;
        } catch (FilterRefused none) {
            return Set.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, Long> counters(String family, String table) {
        Map<String, Long> found = new HashMap<>();
        try {
            String name = "";
            for (String line : onNode("", "nft", "list", "counters", "table", family, table).lines().toList()) {
                String[] words = line.strip().split(" ");
                if (words[0].equals("counter")) {
                    name = words[1];
                } else if (words[0].equals("packets")) {
                    found.put(name, Long.parseLong(words[1]));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void forgetFlows(String address, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AutoCloseable onForeignChange(Runnable changed) {
        return () -> {
        };
    }

    @Override
    public void close() throws IOException {
        processes.values().forEach(Process::destroyForcibly);
        for (String name : Set.copyOf(NAMES.values())) {
            run("ip netns del " + prefix + name, "bash");
        }
    }
}
