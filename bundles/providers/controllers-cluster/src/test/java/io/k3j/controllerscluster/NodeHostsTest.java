package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;

class NodeHostsTest {
    private static final Key MAP = new Key("kube-system", "coredns");
    private final Stage stage = new Stage(NodeHosts::add);

    private static Struct address(String type, String address) {
        return Struct.of("type", type, "address", address);
    }

    private void node(String name, Struct... addresses) {
        stage.api.create(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name))), WriteOptions.PLAIN);
        report(name, addresses);
    }

    private void report(String name, Struct... addresses) {
        stage.api.update(BuiltinResources.NODES, stage.api.get(BuiltinResources.NODES, Key.of(name))
                .with(Seq.of((Object[]) addresses), "status", "addresses"), WriteOptions.STATUS);
        stage.settle();
    }

    private void map(String hosts) {
        Struct data = Struct.builder().put("Corefile", ".").putUnlessEmpty("NodeHosts", hosts).build();
        stage.api.create(BuiltinResources.CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Struct.of("name", MAP.name(), "namespace", MAP.namespace()), "data", data)),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private Obj map() {
        return stage.api.get(BuiltinResources.CONFIG_MAPS, MAP);
    }

    private String hosts() {
        return map().tree().struct("data").text("NodeHosts");
    }

    @Test
    void hasALineForEachInternalAddress() {
        node("b", address("InternalIP", "192.0.2.2"), address("ExternalIP", "203.0.113.2"), address("Hostname", "b"));
        node("a", address("InternalIP", "192.0.2.1"), address("InternalIP", "fd00::1"), address("Hostname", "a"));
        map("");
        assertThat(hosts()).isEqualTo("192.0.2.1 a\nfd00::1 a\n192.0.2.2 b\n");
        assertThat(map().tree().struct("data").text("Corefile")).isEqualTo(".");
    }

    /// Every pod of the cluster would take the node for it.
    @Test
    void noNodeTakesANameOfOthers() {
        map("192.0.2.9 registry.example.com\n192.0.2.66 registry.example.com\n");
        node("registry.example.com", address("InternalIP", "192.0.2.66"));
        node("a", address("InternalIP", "192.0.2.1"), address("Hostname", "b"));
        assertThat(hosts()).isEqualTo("192.0.2.9 registry.example.com\n192.0.2.1 a\n");
    }

    @Test
    void followsNodesAndKeepsLinesOfPeople() {
        map("10.9.9.9 printer\n192.0.2.7 a\n");
        node("a", address("InternalIP", "192.0.2.1"));
        node("b", address("InternalIP", "192.0.2.2"));
        assertThat(hosts()).isEqualTo("10.9.9.9 printer\n192.0.2.1 a\n192.0.2.2 b\n");
        report("a", address("InternalIP", "192.0.2.8"));
        assertThat(hosts()).contains("192.0.2.8 a\n").doesNotContain("192.0.2.1 ");
        stage.api.delete(BuiltinResources.NODES, Key.of("b"), DeleteOptions.PLAIN);
        stage.settle();
        assertThat(hosts()).isEqualTo("10.9.9.9 printer\n192.0.2.8 a\n");
    }

    @Test
    void writesNothingForReportsThatChangeNoAddress() {
        map("");
        node("a", address("InternalIP", "192.0.2.1"));
        long revision = map().revision();
        report("a", address("InternalIP", "192.0.2.1"), address("ExternalIP", "203.0.113.2"));
        assertThat(map().revision()).isEqualTo(revision);
    }

    @Test
    void writesAgainWhatSomebodyHasTakenOut() {
        node("a", address("InternalIP", "192.0.2.1"));
        map("");
        stage.api.update(BuiltinResources.CONFIG_MAPS, map().without("data", "NodeHosts"), WriteOptions.PLAIN);
        stage.settle();
        assertThat(hosts()).isEqualTo("192.0.2.1 a\n");
    }
}
