package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// An attacker holds the certificate with which a node runs its pod network and its cluster DNS.
class ControllerRestrictionTest {
    private static final Caller BOUND = Caller.of("system:k3s-controller", List.of("system:k3s-controller:n"));
    private static final Caller STOCK = Caller.of("system:k3s-controller", List.of());
    private static final Gvr SLICES = new Gvr("discovery.k8s.io", "v1", "endpointslices");
    private static final Gvr LEASES = new Gvr("coordination.k8s.io", "v1", "leases");
    private final Stage stage = new Stage();
    private final ControllerRestriction plugin = new ControllerRestriction(stage.world);

    @BeforeEach
    void registered() {
        stage.seed(Listers.NODES, Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n"),
                "spec", Struct.of("podCIDRs", Seq.of("10.42.1.0/24", "fd42:0:0:1::/64")), "status",
                Struct.of("addresses", Seq.of(Struct.of("type", "InternalIP", "address", "192.0.2.1")))));
    }

    @AfterEach
    void close() {
        stage.close();
    }

    private Struct written(Caller caller, Gvr resource, String kind, Key key, Struct before, Struct after) {
        Write w = stage.write(before.isEmpty() ? Operation.CREATE : Operation.UPDATE, resource, kind, caller);
        Write write = new Write(w.operation(), w.kind(), "", key,
                before.isEmpty() ? Optional.empty() : Optional.of(before), caller, false, Struct.EMPTY);
        assertThat(plugin.handles(write)).isTrue();
        return plugin.admit(write, after);
    }

    private Struct node(Caller caller, String name, Struct after) {
        return written(caller, Listers.NODES, "Node", Key.of(name), Struct.of("metadata", Struct.of("name", name)),
                after);
    }

    private static Struct annotated(String name, String key) {
        return Struct.of("metadata", Struct.of("name", name, "annotations", Struct.of(key, "x")));
    }

    @Test
    void mayAnnotateItsOwnNodeWithItsNetwork() {
        String told = "flannel.alpha.coreos.com/public-ip";
        assertThat(node(BOUND, "n", annotated("n", told))).isNotNull();
        assertThatThrownBy(() -> node(BOUND, "other", annotated("other", told))).isInstanceOf(ApiFault.class);
        assertThat(node(STOCK, "any", annotated("any", told))).isNotNull();
    }

    @Test
    void anUnboundOneLeavesNodesOfOursAlone() {
        Struct ours = annotated("n", "k3j.io/network");
        assertThat(node(BOUND, "n", ours)).isEqualTo(ours);
        Struct moved = ours.withAt("192.0.2.66", "metadata", "annotations", "flannel.alpha.coreos.com/public-ip");
        Struct freed = moved.withAt(moved.struct("metadata").struct("annotations").without("k3j.io/network"),
                "metadata", "annotations");
        for (Struct wanted : List.of(ours, moved, freed)) {
            assertThatThrownBy(() -> written(STOCK, Listers.NODES, "Node", Key.of("n"), ours, wanted))
                    .isInstanceOf(ApiFault.class).hasMessageContaining("kubectl annotate node n k3j.io/network-");
        }
        assertThat(written(BOUND, Listers.NODES, "Node", Key.of("n"), ours, moved)).isEqualTo(moved);
    }

    /// It would take a node of K3s from its own network.
    @Test
    void anUnboundOneMarksNoNode() {
        Struct wanted = annotated("n", "k3j.io/network").withAt("192.0.2.1", "metadata", "annotations",
                "flannel.alpha.coreos.com/public-ip");
        assertThat(node(STOCK, "n", wanted).struct("metadata").struct("annotations"))
                .isEqualTo(Struct.of("flannel.alpha.coreos.com/public-ip", "192.0.2.1"));
    }

    /// By them the cloud controller tells a node's addresses, whatever runs its network.
    @Test
    void anUnboundOneWritesNoAnnotationOfK3sAndNoLabelOfUsers() {
        Struct moved = annotated("n", "k3s.io/internal-ip");
        Struct labelled = Struct.of("metadata", Struct.of("name", "n", "labels", Struct.of("tier", "x")));
        for (Struct wrong : List.of(moved, labelled)) {
            assertThatThrownBy(() -> node(STOCK, "n", wrong)).isInstanceOf(ApiFault.class)
                    .hasMessageContaining("certificate that names its node");
            assertThat(node(BOUND, "n", wrong)).isEqualTo(wrong);
        }
        Struct mirror = annotated("n", "p2p.k3s.cattle.io/node-address").withAt("true", "metadata", "labels",
                "p2p.k3s.cattle.io/enabled");
        assertThat(node(STOCK, "n", mirror)).isEqualTo(mirror);
    }

    @Test
    void mayChangeNoOtherFieldOfANode() {
        Struct tainted = Struct.of("metadata", Struct.of("name", "n"), "spec",
                Struct.of("taints", Seq.of(Struct.of("key", "k", "effect", "NoExecute"))));
        Struct ready = Struct.of("metadata", Struct.of("name", "n"), "status",
                Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status", "True"))));
        Struct role = Struct.of("metadata", Struct.of("name", "n", "labels",
                Struct.of("node-restriction.kubernetes.io/tier", "x")));
        for (Caller caller : List.of(BOUND, STOCK)) {
            for (Struct wrong : List.of(tainted, ready, role, annotated("n", "example.com/x"))) {
                assertThatThrownBy(() -> node(caller, "n", wrong)).isInstanceOf(ApiFault.class);
            }
        }
    }

    private static Struct slice(String service, String node) {
        return Struct.of("metadata", Struct.of("labels", Struct.of("kubernetes.io/service-name", service)),
                "endpoints", Seq.of(Struct.of("addresses", Seq.of("192.0.2.1"), "nodeName", node)));
    }

    @Test
    void mayWriteOnlyItsOwnDnsEndpointSlice() {
        Key mine = new Key("kube-system", "kube-dns-n");
        assertThat(written(BOUND, SLICES, "EndpointSlice", mine, Struct.EMPTY, slice("kube-dns", "n"))).isNotNull();
        assertThatThrownBy(() -> written(BOUND, SLICES, "EndpointSlice", new Key("kube-system", "kube-dns-other"),
                Struct.EMPTY, slice("kube-dns", "other"))).isInstanceOf(ApiFault.class);
        assertThatThrownBy(() -> written(BOUND, SLICES, "EndpointSlice", mine, Struct.EMPTY, slice("bank", "n")))
                .isInstanceOf(ApiFault.class);
        assertThatThrownBy(() -> written(STOCK, SLICES, "EndpointSlice", mine, Struct.EMPTY, slice("kube-dns", "n")))
                .isInstanceOf(ApiFault.class);
    }

    @Test
    void aNodesSliceHoldsItsOwnAddressesOnly() {
        Key mine = new Key("kube-system", "kube-dns-n");
        for (String own : List.of("192.0.2.1", "10.42.1.1")) {
            assertThat(written(BOUND, SLICES, "EndpointSlice", mine, Struct.EMPTY, at(own))).isNotNull();
        }
        for (String other : List.of("192.0.2.2", "10.42.2.1", "dns.example.com")) {
            assertThatThrownBy(() -> written(BOUND, SLICES, "EndpointSlice", mine, Struct.EMPTY, at(other)))
                    .hasMessageContaining(other);
        }
    }

    private static Struct at(String address) {
        return slice("kube-dns", "n").with("endpoints",
                Seq.of(Struct.of("addresses", Seq.of(address), "nodeName", "n")));
    }

    @Test
    void mayNotWriteTheSliceOfANodeNamedLikeItsIpv6Slice() {
        Key shared = new Key("kube-system", "kube-dns-n-ipv6");
        Struct mine = slice("kube-dns", "n").with("addressType", "IPv6");
        Struct others = slice("kube-dns", "n-ipv6").with("addressType", "IPv4");
        assertThat(written(BOUND, SLICES, "EndpointSlice", shared, Struct.EMPTY, mine)).isNotNull();
        assertThatThrownBy(() -> written(BOUND, SLICES, "EndpointSlice", shared, others, mine))
                .isInstanceOf(ApiFault.class);
        assertThatThrownBy(() -> written(BOUND, SLICES, "EndpointSlice", shared, Struct.EMPTY,
                slice("kube-dns", "n").with("addressType", "IPv4"))).isInstanceOf(ApiFault.class);
        Write gone = new Write(Operation.DELETE, stage.write(Operation.DELETE, SLICES, "EndpointSlice", BOUND).kind(),
                "", shared, Optional.of(others), BOUND, false, Struct.EMPTY);
        assertThatThrownBy(() -> plugin.admit(gone, others)).isInstanceOf(ApiFault.class);
    }

    /// All nodes have the same identity for it, so nothing that it wrote could be told to be a node's own.
    @Test
    void kubeProxyWritesEventsAndNothingElse() {
        Caller proxy = Caller.of("system:kube-proxy", List.of());
        Gvr events = new Gvr("events.k8s.io", "v1", "events");
        Struct event = Struct.of("metadata", Struct.of("name", "n.1"), "reason", "Starting");
        assertThat(written(proxy, events, "Event", new Key("default", "n.1"), Struct.EMPTY, event)).isEqualTo(event);
        assertThatThrownBy(() -> written(proxy, Listers.NODES, "Node", Key.of("n"), annotated("n", "a"),
                annotated("n", "b"))).hasMessageContaining("is not for system:kube-proxy");
    }

    @Test
    void mayNotWriteLeases() {
        assertThatThrownBy(() -> written(BOUND, LEASES, "Lease", new Key("kube-system", "kube-scheduler"),
                Struct.EMPTY, Struct.EMPTY)).isInstanceOf(ApiFault.class);
    }

    @Test
    void writesNoServiceNotEvenThatOfTheClustersDns() {
        Key dns = new Key("kube-system", "kube-dns");
        Struct service = Struct.of("metadata", Struct.of("name", "kube-dns", "namespace", "kube-system"), "spec",
                Struct.of("clusterIP", "10.43.0.10", "clusterIPs", List.of("10.43.0.10"), "type", "ClusterIP",
                        "internalTrafficPolicy", "Local"));
        for (Struct before : List.of(Struct.EMPTY, service)) {
            assertThatThrownBy(() -> written(BOUND, Listers.SERVICES, "Service", dns, before, service))
                    .isInstanceOf(ApiFault.class);
        }
    }
}
