package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeLeasesTest {
    private static final int MANY = 5_000;
    private static final Lease OWN = new Lease("me", "vxlan",
            List.of(new PeerAddress(Cidr.parse("10.0.0.0/24"), "10.10.10.50", "aa:bb:cc:00:00:00", 1)));
    private final NodeLeases peers = new NodeLeases("me", List.of(Cidr.parse("10.0.0.0/8")));

    private static Obj node(int number, long revision) {
        return node("n" + (10_000 + number), "10." + number / 256 + "." + number % 256 + ".0/24", mac(number),
                revision);
    }

    private static String mac(int number) {
        return String.format("aa:bb:cc:00:%02x:%02x", number / 256, number % 256);
    }

    private static Obj node(String name, String range, String mac, long revision) {
        String p = "flannel.alpha.coreos.com/";
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "resourceVersion", Long.toString(revision), "annotations",
                        Struct.of(p + "kube-subnet-manager", "true", p + "backend-type", "vxlan", p + "backend-data",
                                "{\"VNI\":1,\"VtepMAC\":\"" + mac + "\"}", p + "public-ip", "10.10.10.51")),
                "spec", Struct.of("podCIDRs", Seq.of(range))));
    }

    private static List<String> names(List<Lease> leases) {
        return leases.stream().map(Lease::node).toList();
    }

    @Test
    void aSignOfLifeOfOneOfManyCostsThatOne() {
        List<Obj> nodes = new ArrayList<>(IntStream.rangeClosed(1, MANY).mapToObj(i -> node(i, i)).toList());
        List<Lease> first = peers.of(nodes, OWN);
        assertThat(first).hasSize(MANY);
        assertThat(peers.reads()).isEqualTo(MANY);
        assertThat(peers.comparisons()).isEqualTo(MANY);
        nodes.set(7, node(8, MANY + 1));
        assertThat(peers.of(nodes, OWN)).isSameAs(first);
        assertThat(peers.reads()).isEqualTo(MANY + 1);
        assertThat(peers.comparisons()).as("no lease has changed").isEqualTo(MANY);
        nodes.add(node(MANY + 1, MANY + 2));
        assertThat(peers.of(nodes, OWN)).hasSize(MANY + 1);
        assertThat(peers.reads()).isEqualTo(MANY + 2);
        assertThat(peers.comparisons()).as("each once").isEqualTo(2 * MANY + 1);
    }

    @Test
    void ofNodesThatContradictEachOtherTheFirstByNameIsReached() {
        List<Obj> nodes = List.of(node("c", "10.0.2.0/24", mac(3), 1), node("b", "10.0.0.0/16", mac(2), 2),
                node("d", "10.0.2.0/25", mac(4), 3), node("e", "10.0.3.0/24", mac(3), 4),
                node("f", "10.0.4.0/24", mac(0), 5), node("a", "10.0.0.0/24", mac(1), 6),
                node("g", "192.0.2.0/24", mac(7), 7), node("h", "10.0.2.0/23", mac(8), 8),
                node("i", "10.0.5.0/24", mac(9), 9), node("me", "10.0.0.0/24", mac(0), 10));
        assertThat(names(peers.of(nodes, OWN)))
                .as("b around this node, d in c, e with c's address, f with this node's, "
                        + "a with its range, g outside, h around c")
                .containsExactly("c", "i");
    }

    @Test
    void whatOneGivesUpAnotherMayHave() {
        Obj first = node("a", "10.0.2.0/24", mac(1), 1);
        Obj second = node("b", "10.0.2.0/24", mac(2), 2);
        assertThat(names(peers.of(List.of(first, second), OWN))).containsExactly("a");
        assertThat(names(peers.of(List.of(second), OWN))).containsExactly("b");
    }

    private static Obj aged(Obj node, int second) {
        return node.with("2026-01-01T00:00:%02dZ".formatted(second), "metadata", "creationTimestamp");
    }

    @Test
    void aNodeDoesNotTakeTheMacAddressOfAnotherByNamingIt() {
        Obj victim = aged(node("z", "10.0.2.0/24", mac(2), 1), 2);
        Obj thief = aged(node("a", "10.0.1.0/24", mac(1), 2), 1);
        assertThat(names(peers.of(List.of(thief, victim), OWN))).containsExactly("a", "z");
        Obj stolen = aged(node("a", "10.0.1.0/24", mac(2), 3), 1);
        assertThat(names(peers.of(List.of(stolen, victim), OWN))).containsExactly("z");
        assertThat(names(peers.of(List.of(stolen, aged(node("z", "10.0.2.0/24", mac(2), 4), 2)), OWN)))
                .containsExactly("z");
    }

    @Test
    void ofNodesThatNobodyKnewBeforeTheOlderHasTheMacAddress() {
        Obj older = aged(node("z", "10.0.2.0/24", mac(2), 1), 1);
        Obj younger = aged(node("a", "10.0.1.0/24", mac(2), 2), 2);
        assertThat(names(peers.of(List.of(younger, older), OWN))).containsExactly("z");
        assertThat(Lease.FIELDS.of(older).metadata().text("creationTimestamp")).isNotEmpty();
    }
}
