package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clusters of IPv4 and IPv6 on the backends that [DualStackItest] has not, and on a file of `--flannel-conf`.
@Tag("full")
@Tag("ha")
@NeedsMachine
@NeedsPackages({"curl", "wireguard-go", "wireguard-tools"})
class PodNetworkItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String URL = "https://10.10.10.50:6443";
    private static final String FOREIGN = """
            {"cniVersion":"1.0.0","name":"own","plugins":[{"type":"bridge","bridge":"own0","isDefaultGateway":true,\
            "ipam":{"type":"host-local","ranges":[[{"subnet":"10.42.%s.0/24"}],[{"subnet":"fd00:42:0:%1$s::/64"}]]}},\
            {"type":"portmap","capabilities":{"portMappings":true}}]}""";
    private TwoNodes nodes;

    @BeforeEach
    void switchOn() throws IOException, InterruptedException {
        nodes = TwoNodes.dualStack();
    }

    @AfterEach
    void switchOff() {
        nodes.close();
    }

    private void start(String backend) throws IOException, InterruptedException {
        List<String> flags = new ArrayList<>(TwoNodes.flags("k3s server --token SECRET"));
        flags.addAll(List.of(TwoNodes.token(), "--flannel-backend=" + backend));
        nodes.start(URL, flags);
    }

    private void reached() throws IOException, InterruptedException {
        nodes.pods();
        List<String> addresses = nodes.field("pod two", ".status.podIPs[*].ip");
        assertThat(addresses).hasSize(2);
        for (String ip : addresses) {
            nodes.until("way to " + ip, () -> nodes.reaches("one", ip, 8080));
            assertThat(nodes.in("one", "ping -c 3 -W 30 " + ip)).contains(" 0% packet loss");
        }
        nodes.apply(
                """
                        {"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"type":"NodePort",\
                        "ipFamilyPolicy":"RequireDualStack","selector":{"pod":"two"},"ports":[{"port":80,"targetPort":8080}]}}""");
        for (String ip : nodes.field("service web", ".spec.clusterIPs[*]")) {
            nodes.until("answer of " + ip, () -> nodes.reaches("one", ip, 80));
        }
        int port = Integer.parseInt(nodes.field("service web", ".spec.ports[0].nodePort").getFirst());
        for (String node : List.of("10.10.10.50", "fd10:10:10::50")) {
            nodes.until("node port of " + node, () -> nodes.answers(node, port));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"host-gw", "wireguard-native"})
    void leadsInBothFamilies(String backend) throws IOException, InterruptedException {
        start(backend);
        reached();
        assertThat(nodes.onServer("ip route; ip -6 route").text()).contains(backend.equals("host-gw")
                ? "fd00:42:0:1::/64 via fd10:10:10::101 dev eth1" : "fd00:42:0:1::/64 dev flannel-wg-v6");
    }

    @Test
    void aFlannelConfThatContradictsTheClusterIsOneErrorAndTheNetworkStays() throws IOException, InterruptedException {
        start("vxlan");
        reached();
        Path conf = Files.writeString(nodes.agentMachine.dir().resolve("net-conf.json"),
                "{\"Network\": \"10.99.0.0/16\", \"Backend\": {\"Type\": \"vxlan\"}}");
        nodes.agent().signal("TERM");
        nodes.agent().ended();
        nodes.startAgent(URL, "--flannel-conf", conf.toString())
                .said("--flannel-conf " + conf
                        + ": Network is \"10.99.0.0/16\", it must be --cluster-cidr 10.42.0.0/16");
        String two = nodes.field("pod two", ".status.podIP").getFirst();
        assertThat(nodes.reaches("one", two, 8080)).isTrue();
        Files.writeString(conf, """
                {"Network": "10.42.0.0/16", "EnableIPv6": true, "IPv6Network": "fd00:42::/56",
                 "Backend": {"Type": "vxlan", "DirectRouting": true}}""");
        nodes.agent().said("Component healthy component=cni-flannel");
        nodes.until("way back", () -> nodes.reaches("two", nodes.field("pod one", ".status.podIP").getFirst(), 8080));
    }

    @Test
    void leavesThePodNetworkToAnotherPlugIn() throws IOException, InterruptedException {
        foreign(nodes.serverMachine, 0, 1, "101");
        foreign(nodes.agentMachine, 1, 0, "50");
        start("none");
        reached();
        assertThat(nodes.onServer("ls /sys/class/net").text()).contains("own0").doesNotContain("flannel", "cni0");
    }

    /// The pod network of somebody else, where K3s' users put it: `/etc/cni/net.d` and `/opt/cni/bin`.
    private static void foreign(Machine machine, int own, int other, String last) throws IOException,
            InterruptedException {
        String line = "mkdir -p /etc/cni/net.d && mount -t tmpfs tmpfs /opt && mkdir -p /opt/cni && "
                + "cp -r /usr/lib/cni /opt/cni/bin && echo '" + FOREIGN.formatted(own)
                + "' > /etc/cni/net.d/10-own.conflist && ip route add 10.42." + other + ".0/24 via 10.10.10." + last
                + " && ip -6 route add fd00:42:0:" + other + "::/64 via fd10:10:10::" + last
                + " && sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1";
        assertThat(machine.run(LIMIT, line).code()).isZero();
    }
}
