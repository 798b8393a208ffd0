package io.k3j.cniflannel;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a node keeps of each Node: all that the pod network reads of it, and nothing else.
class NodeFieldsTest {
    private static final String MAC = "aa:bb:cc:00:11:33";
    private static final String KEY = "A".repeat(43) + "=";
    private static final Obj NODE = told("vxlan", MAC, 1);

    /// A Node as its kubelet and its pod network write it, with addresses of both families.
    private static Obj told(String type, String token, int number) {
        Lease lease = new Lease("n2", type,
                List.of(new PeerAddress(Cidr.parse("10.42.1.0/24"), "10.10.10.51", token, number),
                        new PeerAddress(Cidr.parse("fd42:0:0:1::/64"), "fd00::51", token, number)));
        Struct.Builder annotations = Struct.builder().put("node.alpha.kubernetes.io/ttl", "0")
                .put(Lease.OVERWRITE, "198.51.100.1").put(Lease.OVERWRITE_IPV6, "2001:db8::1");
        lease.annotations().forEach(annotations::put);
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n2", "uid", "u", "resourceVersion", "7", "labels",
                        Struct.of("kubernetes.io/os", "linux"), "annotations", annotations.build()),
                "spec", Struct.of("podCIDR", "10.42.1.0/24", "podCIDRs", Seq.of("10.42.1.0/24", "fd42:0:0:1::/64"),
                        "providerID", "k3s://n2"),
                "status", Struct.of("addresses", Seq.of(Struct.of("type", "InternalIP", "address", "10.10.10.51")),
                        "images", Seq.of(Struct.of("names", Seq.of("docker.io/library/x:1"), "sizeBytes", 1)))));
    }

    static Stream<Obj> nodes() {
        return Stream.of(NODE, told("wireguard", KEY, 51_820), told("host-gw", "", 0),
                NODE.without("spec", "podCIDRs"), NODE.without("spec"), NODE.without("metadata", "annotations"));
    }

    @ParameterizedTest
    @MethodSource("nodes")
    void leasesAreReadOfNothingElse(Obj node) {
        assertThat(Lease.of(Lease.FIELDS.of(node))).isEqualTo(Lease.of(node));
        assertThat(Lease.ranges(Lease.FIELDS.of(node))).isEqualTo(Lease.ranges(node));
    }

    @Test
    void theNodeOfTheseTestsHasALeaseOfBothFamilies() {
        assertThat(Lease.of(NODE)).hasValueSatisfying(l -> assertThat(l.reaches()).hasSize(2));
    }

    @Test
    void keepsTheAnnotationsThatANodeWritesAndRemoves() {
        Map<String, String> all = new TreeMap<>(NODE.annotations());
        all.remove("node.alpha.kubernetes.io/ttl");
        assertThat(Lease.FIELDS.of(NODE).annotations()).containsExactlyInAnyOrderEntriesOf(all);
    }

    @Test
    void keepsNothingElse() {
        Obj kept = Lease.FIELDS.of(NODE);
        assertThat(kept.tree()).isEqualTo(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n2", "uid", "u", "annotations", kept.metadata().struct("annotations")), "spec",
                Struct.of("podCIDR", "10.42.1.0/24", "podCIDRs", Seq.of("10.42.1.0/24", "fd42:0:0:1::/64"))));
        assertThat(kept.revision()).isEqualTo(7);
    }

    @Test
    void aSignOfLifeIsNoChange() {
        Obj beat = NODE.with(Seq.of(Struct.of("type", "Ready", "status", "True", "lastHeartbeatTime",
                "2026-11-29T09:00:00Z")), "status", "conditions").with("1", "metadata", "annotations", "other");
        assertThat(Lease.FIELDS.of(beat).tree()).isEqualTo(Lease.FIELDS.of(NODE).tree());
    }
}
