package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Two nodes, each with a network of its own and a pod, that speak IPv4 and IPv6; the test is the world outside.
@NeedsMachine
@NeedsPackages({"busybox-static", "iptables", "nftables", "wireguard-go", "wireguard-tools"})
class FabricItest {
    private static final int PINGS = 20;
    private static final String ALL_CAME = " 0% packet loss";
    private static final boolean[] FAMILIES = {false, true};
    private static MachineNet net;
    private static FabricMachine one;
    private static FabricMachine two;
    private Struct settings = Struct.of("flannelIface", "eth1", "clusterCidr", Seq.of("10.42.0.0/16", "fd00:42::/56"));
    private boolean ipv4 = true;

    @BeforeAll
    static void switchOn() throws IOException, InterruptedException {
        net = MachineNet.on();
        one = FabricMachine.on(net, 0);
        two = FabricMachine.on(net, 1);
    }

    @AfterAll
    static void switchOff() {
        if (net != null) {
            one.close();
            two.close();
            net.close();
        }
    }

    @BeforeEach
    void clean() throws IOException, InterruptedException {
        one.clean();
        two.clean();
        net.dualStack();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "host-gw", "wireguard-native"})
    void leadsFromPodToPodInBothFamiliesAndKeepsDoingSoWhenItIsReplaced(String backend) throws Exception {
        with("flannelBackend", backend);
        connect();
        reached();

        List<CompletableFuture<String>> pings = List.of(pings("10.42.1.5"), pings("fd00:42:0:1::5"));
        for (int life = 0; life < 2; life++) {
            live(one);
            live(two);
        }
        for (CompletableFuture<String> ping : pings) {
            assertThat(ping.get(5, TimeUnit.MINUTES)).contains(PINGS + " packets received");
        }
    }

    @Test
    void aWireGuardSocketStaysWhenItIsReplaced() throws Exception {
        with("flannelBackend", "wireguard-native");
        connect();
        String sockets = one.run("ss -Hlune 'sport = :51820 or sport = :51821' | grep -o 'ino:[0-9]*' | sort");
        assertThat(sockets.lines()).hasSizeGreaterThanOrEqualTo(2);
        live(one);
        assertThat(one.run("ss -Hlune 'sport = :51820 or sport = :51821' | grep -o 'ino:[0-9]*' | sort"))
                .isEqualTo(sockets);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "host-gw", "wireguard-native"})
    void leadsFromPodToPodWhereThereIsNoIpv4(String backend) throws Exception {
        net.ipv6Only();
        ipv4 = false;
        with("flannelBackend", backend);
        with("clusterCidr", Seq.of("fd00:42::/56"));
        connect();
        reached();
        assertThat(one.run("ip link")).doesNotContain("flannel.1", "flannel-wg:");
        assertThat(one.run("cat /run/flannel/subnet.env")).contains("FLANNEL_IPV6_NETWORK=fd00:42::/56",
                "FLANNEL_IPV6_SUBNET=fd00:42::1/64").doesNotContain("FLANNEL_NETWORK");
    }

    @Test
    void forgetsANodeThatHasGone() throws Exception {
        connect();
        assertThat(one.run("ip route; ip -6 route")).contains("10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink",
                "fd00:42:0:1::/64 via fd00:42:0:1:: dev flannel-v6.1");
        one.live(settings, List.of(one.node(ranges(one))));
        assertThat(one.run("ip route; ip -6 route; ip neigh show nud permanent; bridge fdb show dev flannel.1; "
                + "bridge fdb show dev flannel-v6.1")).doesNotContain("10.42.1.", "fd00:42:0:1:", "dst 10.10.10.51",
                        "dst fd10:10:10::51");
    }

    @ParameterizedTest
    @CsvSource({"vxlan,host-gw", "wireguard-native,vxlan", "host-gw,wireguard-native"})
    void replacesOneBackendByAnother(String before, String after) throws Exception {
        with("flannelBackend", before);
        connect();
        with("flannelBackend", after);
        connect();
        reached();
        assertThat(one.run("ls /sys/class/net").lines().filter(Devices::ours)).hasSize(after.equals("host-gw") ? 0 : 2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"Type\": \"vxlan\", \"VNI\": 7, \"Port\": 4789, \"MTU\": 1400}|flannel-v6.7|1330",
            "{\"Type\": \"vxlan\", \"DirectRouting\": true}|eth1|1430",
            "{\"Type\": \"wireguard\", \"ListenPort\": 6000, \"PSK\": \"q1zSuHf2rVxoZKXqhuQ2RFmOSM7ZnN3s3F1mWbdmNzI=\"}"
                    + "|flannel-wg-v6|1420"})
    void takesItsOptionsFromTheFileOfFlannelConf(String backend, String way, int mtu) throws Exception {
        String conf = "{\"Network\": \"10.42.0.0/16\", \"EnableIPv6\": true, \"IPv6Network\": \"fd00:42::/56\", "
                + "\"Backend\": " + backend + "}";
        Path file = one.file("net-conf.json", conf);
        with("flannelConf", file.toString());
        connect();
        reached();
        assertThat(one.run("ip -6 route show fd00:42:0:1::/64")).contains("dev " + way);
        assertThat(one.run("cat /run/flannel/subnet.env")).contains("FLANNEL_MTU=" + mtu);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "wireguard-native"})
    void goesOverTheExternalAddressesWhereItIsToldTo(String backend) throws Exception {
        for (FabricMachine node : List.of(one, two)) {
            String last = node.address(false).substring(node.address(false).lastIndexOf('.') + 1);
            node.run("ip address replace 203.0.113." + last + "/24 dev eth1; ip -6 address replace 2001:db8::" + last
                    + "/64 dev eth1 nodad; nft 'table inet inward { chain in { type filter hook input priority 0; "
                    + "ip daddr 10.10.10.0/24 udp dport {8472, 51820} drop; "
                    + "ip6 daddr fd10:10:10::/64 udp dport {8472, 51821} drop; }; }'");
        }
        with("flannelBackend", backend);
        with("nodeIp", Seq.of("10.10.10.50", "10.10.10.51", "fd10:10:10::50", "fd10:10:10::51"));
        with("flannelExternalIp", true);
        connect();
        reached();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void masqueradesIpv6WhereItIsToldTo(boolean masquerade) throws Exception {
        with("flannelIpv6Masq", masquerade);
        connect();
        one.pod(prefixes(one));
        assertThat(source("10.10.10.1")).isEqualTo("10.10.10.50");
        assertThat(InetAddress.ofLiteral(source("fd10:10:10::1")))
                .isEqualTo(InetAddress.ofLiteral(masquerade ? "fd10:10:10::50" : "fd00:42::5"));
    }

    @Test
    void rulesThatAreFlushedComeBack() throws Exception {
        connect();
        one.pod(prefixes(one));
        String rules = one.run("nft -s list table ip flannel-ipv4");
        one.run("nft flush ruleset");
        one.goOn(settings, List.of(one.node(ranges(one)), two.node(ranges(two))));
        assertThat(one.run("nft -s list table ip flannel-ipv4")).isEqualTo(rules).contains("chain loopback");
        assertThat(source("10.10.10.1")).isEqualTo("10.10.10.50");
    }

    @Test
    void plainRoutesThatAreTakenAwayComeBack() throws Exception {
        with("flannelBackend", "host-gw");
        connect();
        one.run("ip route delete 10.42.1.0/24; ip -6 route delete fd00:42:0:1::/64");
        one.goOn(settings, List.of(one.node(ranges(one)), two.node(ranges(two))));
        reached();
    }

    @Test
    void packetsPassOnAMachineThatForwardsNothingByItself() throws Exception {
        for (FabricMachine node : List.of(one, two)) {
            node.run("iptables -P FORWARD DROP; ip6tables -P FORWARD DROP");
        }
        connect();
        reached();
        assertThat(source("10.10.10.1")).isEqualTo("10.10.10.50");
        connect();
        assertThat(one.run("iptables -S FORWARD").lines().filter(l -> l.contains("FLANNEL-FWD"))).hasSize(1);
        assertThat(one.run("iptables -S FLANNEL-FWD").lines()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host-gw", "wireguard-native"})
    void aNodeThatCannotBeReachedKeepsNoOtherAway(String backend) throws Exception {
        with("flannelBackend", backend);
        connect();
        String p = "flannel.alpha.coreos.com/";
        boolean keys = backend.startsWith("wireguard");
        Struct far = Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "a-far-one",
                "annotations", Struct.of(p + "kube-subnet-manager", "true", p + "backend-type",
                        keys ? "wireguard" : "host-gw", p + "backend-data",
                        keys ? "{\"PublicKey\":\"" + "A".repeat(44) + "\",\"Port\":51820}" : "null", p + "public-ip",
                        "192.0.2.9")),
                "spec", Struct.of("podCIDRs", Seq.of("10.42.9.0/24")));
        one.run("ip route flush root 10.42.1.0/24; if [ -e /sys/class/net/flannel-wg ]; then "
                + "ip link delete flannel-wg; fi");
        one.live(settings, List.of(far, one.node(ranges(one)), two.node(ranges(two))));
        two.live(settings, List.of(far, one.node(ranges(one)), two.node(ranges(two))));
        reached();
    }

    @Test
    void aLargePacketPassesWhole() throws Exception {
        connect();
        one.pod(prefixes(one));
        two.pod(prefixes(two));
        int mtu = Integer.parseInt(one.run("sed -n s/FLANNEL_MTU=//p /run/flannel/subnet.env").strip());
        assertThat(mtu).isCloseTo(1430, within(0));
        for (FabricMachine node : List.of(one, two)) {
            node.run("ip link set cni0 mtu " + mtu + "; ip -n pod link set eth0 mtu " + mtu);
        }
        assertThat(one.ping("10.42.1.5", "-s " + (mtu - 28) + " -c 2 -W 30")).contains(ALL_CAME);
        assertThat(one.ping("fd00:42:0:1::5", "-s " + (mtu - 48) + " -c 2 -W 30")).contains(ALL_CAME);
    }

    private void with(String setting, Object value) {
        settings = settings.with(setting, value);
    }

    /// Both nodes tell, then hear of each other.
    private void connect() throws Exception {
        live(one);
        Struct second = live(two);
        Struct first = live(one);
        assertThat(live(two)).isEqualTo(second);
        assertThat(live(one)).isEqualTo(first);
    }

    /// One life, in which each has the external addresses of its own alone.
    private Struct live(FabricMachine node) throws IOException {
        String last = node.address(false).substring(node.address(false).lastIndexOf('.') + 1);
        return node.live(settings.with("nodeExternalIp", Seq.of("203.0.113." + last, "2001:db8::" + last)),
                List.of(one.node(ranges(one)), two.node(ranges(two))));
    }

    private Seq ranges(FabricMachine node) {
        return Seq.copyOf(prefixes(node).stream().map(p -> p.contains(":") ? p + "/64" : p + "0/24").toList());
    }

    private List<String> prefixes(FabricMachine node) {
        List<String> all = new ArrayList<>();
        for (boolean ipv6 : FAMILIES) {
            if (ipv6 || ipv4) {
                all.add(node.prefix(ipv6));
            }
        }
        return all;
    }

    /// From pod to pod and from node to pod, in every family.
    private void reached() throws Exception {
        one.pod(prefixes(one));
        two.pod(prefixes(two));
        for (int i = 0; i < prefixes(one).size(); i++) {
            assertThat(one.ping(prefixes(two).get(i) + "5", "-c 2 -i 0.2 -W 30")).contains(ALL_CAME);
            assertThat(two.run("busybox ping -c 1 -W 30 " + prefixes(one).get(i) + "5")).as("from the node itself")
                    .contains(ALL_CAME);
        }
    }

    private static CompletableFuture<String> pings(String to) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return one.ping(to, "-i 0.1 -c " + PINGS + " -W 30");
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /// Whom a server outside of the cluster sees when the first node's pod sends it something.
    private static String source(String server) throws Exception {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
            one.run("ip netns exec pod bash -c 'echo hello > /dev/udp/" + server + "/" + socket.getLocalPort() + "'");
            DatagramPacket packet = new DatagramPacket(new byte[16], 16);
            socket.receive(packet);
            return packet.getAddress().getHostAddress();
        }
    }
}
