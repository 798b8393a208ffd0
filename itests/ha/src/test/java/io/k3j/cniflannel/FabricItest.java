package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two nodes, each with its own network, and a pod on each.
@NeedsMachine
@NeedsPackages({"busybox-static", "nftables", "wireguard-tools"})
class FabricItest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PINGS = 40;
    @TempDir
    private Path files;
    private MachineNet net;
    private Machine one;
    private Machine two;

    @BeforeEach
    void switchOn() throws IOException, InterruptedException {
        net = MachineNet.on();
        one = net.server(1);
        two = net.server(2);
    }

    @AfterEach
    void switchOff() {
        if (net != null) {
            net.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "host-gw", "wireguard-native"})
    void leadsFromPodToPodAndKeepsDoingSoWhenItIsReplaced(String backend) throws Exception {
        connect(backend);
        pod(one, "10.42.0");
        pod(two, "10.42.1");
        assertThat(run(one, "ip netns exec pod busybox ping -c 3 -W 1 10.42.1.5")).contains(" 0% packet loss");
        assertThat(run(two, "busybox ping -c 1 -W 1 10.42.0.5")).as("from the node itself").contains(" 0% packet loss");

        CompletableFuture<String> pings = CompletableFuture.supplyAsync(() -> uncheckedPings(PINGS));
        for (int life = 0; life < 3; life++) {
            live(one, "server-1", backend);
            live(two, "server-2", backend);
        }
        assertThat(pings.get(2, TimeUnit.MINUTES)).contains(PINGS + " packets received");
    }

    @Test
    void forgetsANodeThatHasGone() throws Exception {
        connect("vxlan");
        assertThat(run(one, "ip route")).contains("10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink");
        Files.writeString(files.resolve("nodes.json"),
                Json.text(Seq.of(node("server-1", "10.42.0.0/24", Struct.EMPTY))));
        live(one, "server-1", "vxlan");
        assertThat(run(one, "ip route; ip neigh; bridge fdb show dev flannel.1")).doesNotContain("10.42.1.0")
                .doesNotContain("10.10.10.51");
    }

    @Test
    void replacesOneBackendByAnother() throws Exception {
        connect("vxlan");
        connect("host-gw");
        assertThat(run(one, "ip route")).contains("10.42.1.0/24 via 10.10.10.51 dev eth1").doesNotContain("flannel.1");
        pod(one, "10.42.0");
        pod(two, "10.42.1");
        assertThat(run(one, "ip netns exec pod busybox ping -c 2 -W 1 10.42.1.5")).contains(" 0% packet loss");
    }

    /// Both nodes tell, then hear of each other.
    private void connect(String backend) throws Exception {
        Files.writeString(files.resolve("nodes.json"), Json.text(Seq.of(node("server-1", "10.42.0.0/24", Struct.EMPTY),
                node("server-2", "10.42.1.0/24", Struct.EMPTY))));
        Struct first = live(one, "server-1", backend);
        Struct second = live(two, "server-2", backend);
        Files.writeString(files.resolve("nodes.json"), Json
                .text(Seq.of(node("server-1", "10.42.0.0/24", first), node("server-2", "10.42.1.0/24", second))));
        assertThat(live(one, "server-1", backend)).isEqualTo(first);
        assertThat(live(two, "server-2", backend)).isEqualTo(second);
    }

    private static Struct node(String name, String range, Struct annotations) {
        return Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "annotations", annotations), "spec", Struct.of("podCIDRs", Seq.of(range)));
    }

    private Struct live(Machine machine, String name, String backend) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java") + " -XX:TieredStopAtLevel=1 -cp "
                + System.getProperty("java.class.path") + " " + FabricNode.class.getName() + " ";
        String said = run(machine, java + name + " " + backend + " " + files.resolve("nodes.json") + " 2>&1");
        return Json.object(said.lines().reduce((a, b) -> b).orElseThrow().getBytes(StandardCharsets.UTF_8));
    }

    /// A network namespace on the bridge, as a pod has one.
    private static void pod(Machine machine, String net) throws IOException, InterruptedException {
        run(machine, "ip netns add pod && ip link add veth0 type veth peer name eth0 netns pod && "
                + "ip link set veth0 master cni0 up && ip -n pod addr add " + net + ".5/24 dev eth0 && "
                + "ip -n pod link set eth0 up && ip -n pod link set lo up && ip -n pod route add default via " + net
                + ".1");
    }

    private String uncheckedPings(int count) {
        try {
            return run(one, "ip netns exec pod busybox ping -i 0.2 -c " + count + " -W 1 10.42.1.5");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String run(Machine machine, String line) throws IOException, InterruptedException {
        Outcome outcome = machine.run(LIMIT, line);
        assertThat(outcome.code()).as(line + "\n" + outcome.text()).isZero();
        return outcome.text();
    }
}
