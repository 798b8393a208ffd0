package io.k3j.cloudcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CloudNodeControllerTest {
    private final Stage stage = new Stage(CloudNodeController::add);

    private void node(Struct annotations) {
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n1", "annotations", annotations), "spec", Struct.of("taints",
                        Seq.of(Struct.of("key", CloudNode.TAINT, "value", "true", "effect", "NoSchedule"))))));
        stage.pass(Duration.ofSeconds(1));
    }

    @Test
    void setsAddressesAndProviderIdAndRemovesTheTaint() {
        node(Struct.of("k3s.io/internal-ip", "192.0.2.1,fd00::1", "k3s.io/hostname", "n1"));
        Obj node = stage.one(BuiltinResources.NODES, "n1");
        assertThat(node.spec().text("providerID")).isEqualTo("k3s://n1");
        assertThat(node.spec().has("taints")).isFalse();
        assertThat(node.labels()).containsEntry("node.kubernetes.io/instance-type", "k3s");
        assertThat(node.status().seq("addresses").structs().stream().map(a -> a.text("type") + "=" + a.text("address")))
                .containsExactly("InternalIP=192.0.2.1", "InternalIP=fd00::1", "Hostname=n1");
    }

    @Test
    void labelsOfTheNodeStandUnderTheirOlderNamesToo() {
        Obj node = Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n3", "labels",
                Struct.of("node.kubernetes.io/instance-type", "t1", "topology.kubernetes.io/zone", "z1"))));
        assertThat(CloudNode.initialized(node).labels()).isEqualTo(Map.of("node.kubernetes.io/instance-type", "t1",
                "beta.kubernetes.io/instance-type", "t1", "topology.kubernetes.io/zone", "z1",
                "failure-domain.beta.kubernetes.io/zone", "z1"));
    }

    @Test
    void waitsForTheNodesAddressAnnotations() {
        node(Struct.EMPTY);
        assertThat(CloudNode.uninitialized(stage.one(BuiltinResources.NODES, "n1"))).isTrue();
    }

    @Test
    void updatesAChangedExternalAddress() {
        Struct node = Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n2", "annotations",
                        Struct.of("k3s.io/internal-ip", "192.0.2.1", "k3s.io/external-ip",
                                "203.0.113.9", "k3s.io/hostname", "n2")),
                "status", Struct.of("addresses",
                        Seq.of(address("InternalIP", "192.0.2.1"), address("ExternalIP", "203.0.113.1"),
                                address("InternalDNS", "n2.internal"), address("Hostname", "n2"))));
        stage.api.seed(BuiltinResources.NODES, Obj.of(node));
        stage.pass(Duration.ofSeconds(1));
        assertThat(stage.one(BuiltinResources.NODES, "n2").status().seq("addresses").structs()).contains(
                address("ExternalIP", "203.0.113.9"), address("InternalDNS", "n2.internal"))
                .doesNotContain(address("ExternalIP", "203.0.113.1"));
    }

    private static Struct address(String type, String address) {
        return Struct.of("type", type, "address", address);
    }
}
