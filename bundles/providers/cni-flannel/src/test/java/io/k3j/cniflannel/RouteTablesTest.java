package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.Cidr;
import io.k3j.flannelconf.Backend;
import io.k3j.flannelconf.BackendType;
import io.k3j.flannelconf.FlannelConf;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouteTablesTest {
    private static final Cidr CLUSTER = Cidr.parse("10.42.0.0/16");
    private static final ExternalInterface OUTSIDE = new ExternalInterface("eth1", 1500, "10.10.10.50", "fd10::50",
            List.of(Cidr.parse("10.10.10.0/24"), Cidr.parse("fd10::/64")));
    private static final Path NO_KEY = Path.of("/dev/null");
    private final Backend vxlan = backend("vxlan");
    private final Backend hostGw = backend("host-gw");
    private final Lease two = lease("n2", "10.42.1.0/24", "10.10.10.51", "aa:bb:cc:00:11:33");
    private final Lease three = lease("n3", "10.42.2.0/24", "10.10.10.52", "aa:bb:cc:00:11:44");

    private static Backend backend(String flag) {
        return FlannelConf.ofFlags(flag, List.of(CLUSTER)).backend();
    }

    private static Backend direct() {
        return new Backend(BackendType.VXLAN, 0, 1, 8472, 51821, true, false, false, 0, "");
    }

    private static Lease lease(String node, String range, String address, String mac) {
        return new Lease(node, "vxlan", List.of(new PeerAddress(Cidr.parse(range), address, mac, 1)));
    }

    private static RouteTables present(String device, String routes, String neighbours, String forwarding) {
        return RouteTables.present(List.of(device), CLUSTER, bytes(routes), bytes(neighbours), bytes(forwarding));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RouteTables nothing() {
        return present("flannel.1", "", "", "");
    }

    @Test
    void routesThroughTheTunnelLikeFlannel() {
        RouteTables wanted = RouteTables.wanted(vxlan, false, OUTSIDE, List.of(two));
        assertThat(wanted.bridgeLines(nothing(), "flannel.1"))
                .containsExactly("fdb replace aa:bb:cc:00:11:33 dev flannel.1 dst 10.10.10.51 self permanent");
        assertThat(wanted.ipLines(nothing(), "flannel.1")).containsExactly(
                "neigh replace 10.42.1.0 lladdr aa:bb:cc:00:11:33 dev flannel.1 nud permanent",
                "route replace 10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink");
    }

    @Test
    void changesNothingWhenUpToDate() {
        RouteTables there = present("flannel.1",
                "[{\"dst\":\"10.10.10.0/24\",\"dev\":\"eth1\",\"protocol\":\"kernel\",\"flags\":[]},"
                        + "{\"dst\":\"10.42.1.0/24\",\"gateway\":\"10.42.1.0\",\"dev\":\"flannel.1\",\"flags\":[\"onlink\"]}]",
                "[{\"dst\":\"10.42.1.0\",\"lladdr\":\"aa:bb:cc:00:11:33\",\"state\":[\"PERMANENT\"]}]",
                "[{\"mac\":\"aa:bb:cc:00:11:33\",\"dst\":\"10.10.10.51\",\"flags\":[\"self\"],\"state\":\"permanent\"}]");
        RouteTables wanted = RouteTables.wanted(vxlan, false, OUTSIDE, List.of(two));
        assertThat(wanted.bridgeLines(there, "flannel.1")).isEmpty();
        assertThat(wanted.ipLines(there, "flannel.1")).isEmpty();
    }

    @Test
    void removesEntriesOfADeletedNode() {
        RouteTables before = RouteTables.wanted(vxlan, false, OUTSIDE, List.of(two, three));
        RouteTables wanted = RouteTables.wanted(vxlan, false, OUTSIDE, List.of(three));
        assertThat(wanted.bridgeLines(before, "flannel.1"))
                .containsExactly("fdb del aa:bb:cc:00:11:33 dev flannel.1 dst 10.10.10.51 self");
        assertThat(wanted.ipLines(before, "flannel.1")).containsExactly(
                "route del 10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink", "neigh del 10.42.1.0 dev flannel.1");
    }

    @Test
    void routesDirectlyWithHostGw() {
        Lease plain = new Lease("n2", "host-gw", two.reaches());
        RouteTables wanted = RouteTables.wanted(hostGw, false, OUTSIDE, List.of(plain));
        assertThat(wanted.ipLines(nothing(), "eth1"))
                .containsExactly("route replace 10.42.1.0/24 via 10.10.10.51 dev eth1");
    }

    @Test
    void ignoresRoutesOutsideOfThePodNetwork() {
        RouteTables there = present("eth1",
                "[{\"dst\":\"192.0.2.0/24\",\"gateway\":\"10.10.10.1\",\"dev\":\"eth1\",\"flags\":[]},"
                        + "{\"dst\":\"10.42.9.0/24\",\"gateway\":\"10.10.10.9\",\"dev\":\"eth1\",\"flags\":[]}]",
                "", "");
        RouteTables wanted = RouteTables.wanted(hostGw, false, OUTSIDE, List.of());
        assertThat(wanted.ipLines(there, "eth1"))
                .containsExactly("route del 10.42.9.0/24 via 10.10.10.9 dev eth1");
    }

    @Test
    void ignoresNodesOfOtherBackends() {
        assertThat(RouteTables.wanted(hostGw, false, OUTSIDE, List.of(two)).routes()).isEmpty();
    }

    @Test
    void recreatesTheTunnelDeviceOnlyWhenNeeded() {
        VxlanDevice tunnel = new VxlanDevice("flannel.1", "eth1", "10.10.10.50", 1450, Cidr.parse("10.42.0.0/24"),
                vxlan);
        Struct there = Struct.of("mtu", 1450, "linkinfo", Struct.of("info_kind", "vxlan", "info_data",
                Struct.of("id", 1, "local", "10.10.10.50", "link", "eth1", "port", 8472, "learning", false)));
        List<String> address = List.of("ip", "address", "replace", "10.42.0.0/32", "dev", "flannel.1");
        List<String> up = List.of("ip", "link", "set", "flannel.1", "up");
        assertThat(tunnel.commands(there, "aa:bb:cc:00:11:22")).containsExactly(address, up);
        Struct moved = there.withAt("10.10.10.77", "linkinfo", "info_data", "local");
        assertThat(tunnel.commands(moved, "aa:bb:cc:00:11:22")).containsExactly(
                List.of("ip", "link", "delete", "flannel.1"),
                List.of("ip", "link", "add", "flannel.1", "address", "aa:bb:cc:00:11:22", "mtu", "1450", "type",
                        "vxlan",
                        "id", "1", "dev", "eth1", "local", "10.10.10.50", "dstport", "8472", "nolearning"),
                address, up);
    }

    @Test
    void replacesATunnelOfAnotherNumberOrPort() {
        Backend other = new Backend(BackendType.VXLAN, 0, 7, 4789, 51821, false, true, true, 0, "");
        VxlanDevice tunnel = new VxlanDevice("flannel-v6.7", "eth1", "fd10::50", 1430, Cidr.parse("fd00:42::/64"),
                other);
        assertThat(tunnel.commands(Struct.EMPTY, "aa:bb:cc:00:11:22")).startsWith(
                List.of("ip", "link", "add", "flannel-v6.7", "address", "aa:bb:cc:00:11:22", "mtu", "1430", "type",
                        "vxlan", "id", "7", "dev", "eth1", "local", "fd10::50", "dstport", "4789", "learning", "gbp"),
                List.of("ip", "address", "replace", "fd00:42::/128", "dev", "flannel-v6.7", "nodad"));
        assertThat(tunnel.fits(Struct.of("linkinfo", Struct.of("info_kind", "vxlan", "info_data", Struct.of("id", 7,
                "local6", "fd10:0::50", "link", "eth1", "port", 8472, "learning", true, "gbp", true))))).isFalse();
    }

    @Test
    void withDirectRoutingOnlyNodesBehindAGatewayAreTunnelled() {
        Lease far = lease("n3", "10.42.2.0/24", "192.0.2.9", "aa:bb:cc:00:11:44");
        RouteTables wanted = RouteTables.wanted(direct(), false, OUTSIDE, List.of(two, far));
        assertThat(wanted.routes()).containsOnly(Map.entry("10.42.1.0/24", "via 10.10.10.51 dev eth1"),
                Map.entry("10.42.2.0/24", "via 10.42.2.0 dev flannel.1 onlink"));
        assertThat(wanted.forwarding()).containsOnlyKeys("aa:bb:cc:00:11:44");
        RouteTables there = RouteTables.present(List.of("flannel.1", "eth1"), CLUSTER,
                bytes("[{\"dst\":\"10.42.1.0/24\",\"gateway\":\"10.10.10.51\",\"dev\":\"eth1\",\"flags\":[]},"
                        + "{\"dst\":\"10.42.2.0/24\",\"gateway\":\"10.42.2.0\",\"dev\":\"flannel.1\","
                        + "\"flags\":[\"onlink\"]}]"),
                bytes(""), bytes(""));
        assertThat(there.routes()).isEqualTo(wanted.routes());
    }

    @Test
    void namesDevicesAndSizesTheirPacketsLikeFlannel() {
        assertThat(new Devices(vxlan).name(true)).isEqualTo("flannel-v6.1");
        assertThat(new Devices(vxlan).mtu(1500, true)).isEqualTo(1430);
        assertThat(new Devices(backend("wireguard-native")).mtu(1500, true)).isEqualTo(1420);
        assertThat(new Devices(hostGw).mtu(1500, true)).isEqualTo(1500);
        assertThat(List.of("flannel.1", "flannel-v6.77", "flannel-wg", "flannel-wg-v6")).allMatch(Devices::ours);
        assertThat(List.of("cni0", "flannel", "flannel.1x", "flannel-wg2", "eth1")).noneMatch(Devices::ours);
    }

    @Test
    void updatesOnlyDifferingWireGuardPeers() {
        String key = "A".repeat(43) + "=";
        String gone = "B".repeat(43) + "=";
        String dump = "private\tpublic\t51820\toff\n" + key
                + "\t(none)\t[fd10::51]:51821\tfd00:42:0:1::/64\t0\t0\t0\t25\n" + gone
                + "\t(none)\t[fd10::52]:51821\tfd00:42:0:2::/64\t0\t0\t0\t25\n";
        Struct peer = Struct.of("endpoint", "[fd10::51]:51821", "allowed", "fd00:42:0:1::/64", "shared", "(none)",
                "keepalive", "25");
        assertThat(WireGuard.changes("flannel-wg-v6", Map.of(key, peer), dump, NO_KEY))
                .containsExactly(List.of("wg", "set", "flannel-wg-v6", "peer", gone, "remove"));
        assertThat(WireGuard.changes("flannel-wg-v6", Map.of(key, peer.with("shared", "C"), gone,
                peer.with("endpoint", "[fd10::52]:51821").with("allowed", "fd00:42:0:2::/64")), dump, Path.of("/psk")))
                .containsExactly(List.of("wg", "set", "flannel-wg-v6", "peer", key, "preshared-key", "/psk", "endpoint",
                        "[fd10::51]:51821", "allowed-ips", "fd00:42:0:1::/64", "persistent-keepalive", "25"));
    }
}
