package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A machine whose pod network lives as often as a test wants it, with one pod: a network namespace on its bridge.
final class FabricMachine implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private final Machine machine;
    private final int number;
    private final ChildProcess lives;
    private Struct annotations = Struct.EMPTY;

    private FabricMachine(Machine machine, int number, ChildProcess lives) {
        this.machine = machine;
        this.number = number;
        this.lives = lives;
    }

    /// @param number 0 for the first: the place of its ranges in the cluster's
    static FabricMachine on(MachineNet net, int number) throws IOException, InterruptedException {
        Machine machine = net.server(number + 1);
        List<String> java = List.of(Launch.jdk("java"), "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), FabricNode.class.getName());
        return new FabricMachine(machine, number, Launch.of(machine.inside(java)).interactive().start());
    }

    /// As it was switched on.
    void clean() throws IOException, InterruptedException {
        annotations = Struct.EMPTY;
        run("ip netns delete pod 2> /dev/null; for l in $(ls /sys/class/net); do case $l in flannel*|cni0) "
                + "ip link delete $l;; esac; done; nft flush ruleset; rm -rf /run/flannel; "
                + "ip route flush root 10.42.0.0/16; ip -6 route flush root fd00:42::/56; "
                + "ip address flush dev eth1 scope global; ip address add " + machine.address() + "/24 dev eth1; "
                + "ip route replace default via 10.10.10.1");
    }

    String name() {
        return machine.name();
    }

    /// The Node, with what this machine has told of itself.
    Struct node(Seq ranges) {
        return Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name(), "annotations", annotations), "spec", Struct.of("podCIDRs", ranges));
    }

    /// One life.
    /// @param settings those that have not their default
    Struct live(Struct settings, List<Struct> nodes) throws IOException {
        return live(Struct.of("settings", settings.with("nodeName", name()), "nodes", Seq.copyOf(nodes)));
    }

    /// The last life looks again, as it does every few seconds and when somebody else has changed rules.
    Struct goOn(Struct settings, List<Struct> nodes) throws IOException {
        return live(Struct.of("settings", settings.with("nodeName", name()), "nodes", Seq.copyOf(nodes), "goesOn",
                true));
    }

    private Struct live(Struct wanted) throws IOException {
        lives.writer().write(Json.text(wanted) + "\n");
        lives.writer().flush();
        List<String> said = new ArrayList<>();
        for (String line = lives.reader().readLine(); line != null; line = lives.reader().readLine()) {
            if (line.startsWith("{")) {
                annotations = Json.object(line.getBytes(StandardCharsets.UTF_8));
                return annotations;
            }
            said.add(line);
        }
        throw lives.failure("ended: " + String.join("\n", said));
    }

    /// Its pod, with an address in each of these ranges: `10.42.0.5`, `fd00:42:0:1::5`.
    void pod(List<String> prefixes) throws IOException, InterruptedException {
        StringBuilder line = new StringBuilder(
                "ip netns add pod && ip link add veth0 type veth peer name eth0 netns pod "
                        + "&& ip link set veth0 master cni0 up && ip -n pod link set eth0 up && ip -n pod link set lo up");
        for (String prefix : prefixes) {
            boolean ipv6 = prefix.contains(":");
            line.append(" && ip -n pod address add ").append(prefix).append(ipv6 ? "5/64 nodad" : "5/24")
                    .append(" dev eth0 && ip -n pod ").append(ipv6 ? "-6 " : "").append("route add default via ")
                    .append(prefix).append('1');
        }
        run(line.toString());
    }

    /// What `ping` says that its pod sends.
    String ping(String to, String options) throws IOException, InterruptedException {
        return run("ip netns exec pod busybox ping " + options + " " + to);
    }

    /// A file on it.
    Path file(String name, String text) throws IOException {
        return Files.writeString(machine.dir().resolve(name), text);
    }

    /// Runs a shell line that succeeds.
    String run(String line) throws IOException, InterruptedException {
        Outcome outcome = machine.run(LIMIT, line);
        assertThat(outcome.code()).as(name() + ": " + line + "\n" + outcome.text()).isZero();
        return outcome.text();
    }

    /// `10.10.10.50` or `fd10:10:10::50`.
    String address(boolean ipv6) {
        return ipv6 ? MachineNet.ipv6(machine.address()) : machine.address();
    }

    /// Its range of a family.
    String prefix(boolean ipv6) {
        return ipv6 ? "fd00:42:0:" + number + "::" : "10.42." + number + ".";
    }

    @Override
    public void close() {
        lives.close();
    }
}
