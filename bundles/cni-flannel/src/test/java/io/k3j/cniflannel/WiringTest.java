package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WiringTest {
    private static final Range CLUSTER = Range.parse("10.42.0.0/16");
    private final Lease two = lease("n2", "10.42.1.0/24", "10.10.10.51", "aa:bb:cc:00:11:33");
    private final Lease three = lease("n3", "10.42.2.0/24", "10.10.10.52", "aa:bb:cc:00:11:44");

    private static Lease lease(String node, String range, String address, String mac) {
        return new Lease(node, "vxlan", List.of(new Reach(Range.parse(range), address, mac)));
    }

    private static Wiring present(String device, String routes, String neighbours, String forwarding) {
        return Wiring.present(device, CLUSTER, bytes(routes), bytes(neighbours), bytes(forwarding));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Wiring nothing() {
        return present("flannel.1", "", "", "");
    }

    @Test
    void reachesANodeThroughTheTunnelAsFlannelDoes() {
        Wiring wanted = Wiring.wanted(Backend.VXLAN, false, "eth1", List.of(two));
        assertThat(wanted.bridgeLines(nothing(), "flannel.1"))
                .containsExactly("fdb replace aa:bb:cc:00:11:33 dev flannel.1 dst 10.10.10.51 self permanent");
        assertThat(wanted.ipLines(nothing(), "flannel.1")).containsExactly(
                "neigh replace 10.42.1.0 lladdr aa:bb:cc:00:11:33 dev flannel.1 nud permanent",
                "route replace 10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink");
    }

    @Test
    void changesNothingThatIsThereAlready() {
        Wiring there = present("flannel.1",
                "[{\"dst\":\"10.10.10.0/24\",\"dev\":\"eth1\",\"protocol\":\"kernel\",\"flags\":[]},"
                        + "{\"dst\":\"10.42.1.0/24\",\"gateway\":\"10.42.1.0\",\"dev\":\"flannel.1\",\"flags\":[\"onlink\"]}]",
                "[{\"dst\":\"10.42.1.0\",\"lladdr\":\"aa:bb:cc:00:11:33\",\"state\":[\"PERMANENT\"]}]",
                "[{\"mac\":\"aa:bb:cc:00:11:33\",\"dst\":\"10.10.10.51\",\"flags\":[\"self\"],\"state\":\"permanent\"}]");
        Wiring wanted = Wiring.wanted(Backend.VXLAN, false, "eth1", List.of(two));
        assertThat(wanted.bridgeLines(there, "flannel.1")).isEmpty();
        assertThat(wanted.ipLines(there, "flannel.1")).isEmpty();
    }

    @Test
    void takesAwayWhatLedToANodeThatHasGone() {
        Wiring before = Wiring.wanted(Backend.VXLAN, false, "eth1", List.of(two, three));
        Wiring wanted = Wiring.wanted(Backend.VXLAN, false, "eth1", List.of(three));
        assertThat(wanted.bridgeLines(before, "flannel.1"))
                .containsExactly("fdb del aa:bb:cc:00:11:33 dev flannel.1 dst 10.10.10.51 self");
        assertThat(wanted.ipLines(before, "flannel.1")).containsExactly(
                "route del 10.42.1.0/24 via 10.42.1.0 dev flannel.1 onlink", "neigh del 10.42.1.0 dev flannel.1");
    }

    @Test
    void reachesANodeDirectlyWithHostGw() {
        Lease plain = new Lease("n2", "host-gw", two.reaches());
        Wiring wanted = Wiring.wanted(Backend.HOST_GW, false, "eth1", List.of(plain));
        assertThat(wanted.ipLines(nothing(), "eth1"))
                .containsExactly("route replace 10.42.1.0/24 via 10.10.10.51 dev eth1");
    }

    @Test
    void leavesRoutesAloneThatAreNotOfThePodNetwork() {
        Wiring there = present("eth1",
                "[{\"dst\":\"192.0.2.0/24\",\"gateway\":\"10.10.10.1\",\"dev\":\"eth1\",\"flags\":[]},"
                        + "{\"dst\":\"10.42.9.0/24\",\"gateway\":\"10.10.10.9\",\"dev\":\"eth1\",\"flags\":[]}]",
                "", "");
        Wiring wanted = Wiring.wanted(Backend.HOST_GW, false, "eth1", List.of());
        assertThat(wanted.ipLines(there, "eth1"))
                .containsExactly("route del 10.42.9.0/24 via 10.10.10.9 dev eth1");
    }

    @Test
    void doesNotSpeakToANodeOfAnotherBackend() {
        assertThat(Wiring.wanted(Backend.HOST_GW, false, "eth1", List.of(two)).routes()).isEmpty();
    }

    @Test
    void makesTheTunnelDeviceAnewOnlyWhenItCannotStay() {
        Tunnel tunnel = new Tunnel("flannel.1", "eth1", "10.10.10.50", 1450, Range.parse("10.42.0.0/24"));
        Struct there = Struct.of("mtu", 1450, "linkinfo", Struct.of("info_kind", "vxlan", "info_data",
                Struct.of("id", 1, "local", "10.10.10.50", "link", "eth1", "port", 8472, "learning", false)));
        List<String> address = List.of("ip", "-4", "address", "replace", "10.42.0.0/32", "dev", "flannel.1");
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
    void changesOnlyThePeersOfWireGuardThatDiffer() {
        String key = "A".repeat(43) + "=";
        String gone = "B".repeat(43) + "=";
        String dump = "private\tpublic\t51820\toff\n" + key
                + "\t(none)\t10.10.10.51:51820\t10.42.1.0/24\t0\t0\t0\t25\n" + gone
                + "\t(none)\t10.10.10.52:51820\t10.42.2.0/24\t0\t0\t0\t25\n";
        Map<String, Struct> wanted = Map.of(key,
                Struct.of("endpoint", "10.10.10.51:51820", "allowed", "10.42.1.0/24"));
        assertThat(WireGuard.changes("flannel-wg", wanted, dump))
                .containsExactly(List.of("wg", "set", "flannel-wg", "peer", gone, "remove"));
    }
}
