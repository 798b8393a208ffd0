package io.k3j.endpointcontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopologyHintsTest {
    private static final String MODE = "service.kubernetes.io/topology-mode";
    private static final String ENABLED = "TopologyAwareHintsEnabled: Topology Aware Hints has been enabled, "
            + "addressType: IPv4";
    private final Stage stage = new Stage(EndpointSlices::add);
    private int pods;

    @BeforeEach
    void service() {
        stage.api.create(BuiltinResources.SERVICES,
                Stage.workload("v1", "Service", "web",
                        Struct.of("selector", Struct.of("app", "web"), "clusterIP", "10.43.0.9", "ipFamilies",
                                Seq.of("IPv4"), "ports",
                                Seq.of(Struct.of("name", "http", "port", 80, "protocol", "TCP"))))
                        .with(Struct.of(MODE, "Auto"), "metadata", "annotations"),
                WriteOptions.PLAIN);
    }

    private void node(String name, String zone, String cpu, String ready, String... labels) {
        Struct.Builder all = Struct.builder().putUnlessEmpty("topology.kubernetes.io/zone", zone);
        List.of(labels).forEach(l -> all.put(l, "true"));
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "labels", all.build()), "status", Struct.of("allocatable",
                        Struct.of("cpu", cpu), "conditions", Seq.of(Struct.of("type", "Ready", "status", ready))))));
    }

    private void zones(String... zones) {
        for (String zone : zones) {
            node("node-" + zone, zone, "2", "True");
        }
    }

    private void pods(String... nodes) {
        for (String node : nodes) {
            pods++;
            Seq ready = Seq.of(Struct.of("type", "Ready", "status", "True"));
            stage.api.seed(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                    Struct.of("name", "p" + pods, "namespace", "default", "uid", "uid-" + pods, "labels",
                            Struct.of("app", "web")),
                    "spec", Struct.of("nodeName", node), "status",
                    Struct.of("phase", "Running", "podIP", "10.42.0." + pods, "conditions", ready))));
        }
        stage.settle();
    }

    /// Each endpoint as `zone it is in > zone it is meant for`.
    private List<String> hints() {
        return stage.all(BuiltinResources.ENDPOINT_SLICES).stream()
                .flatMap(s -> s.tree().seq("endpoints").structs().stream())
                .map(e -> e.text("zone") + ">" + zones(e)).sorted().toList();
    }

    private static String zones(Struct endpoint) {
        return endpoint.struct("hints").seq("forZones").structs().stream().map(z -> z.text("name"))
                .collect(Collectors.joining(","));
    }

    private void change(Obj service) {
        stage.api.update(BuiltinResources.SERVICES, service, WriteOptions.PLAIN);
        stage.settle();
    }

    private Obj web() {
        return stage.api.get(BuiltinResources.SERVICES, new Key("default", "web"));
    }

    private static String disabled(String why) {
        return "TopologyAwareHintsDisabled: " + why + ", addressType: IPv4";
    }

    @Test
    void zonesOfEqualCpuKeepTheirOwnEndpoints() {
        zones("a", "b", "c");
        pods("node-a", "node-b", "node-c");
        assertThat(hints()).containsExactly("a>a", "b>b", "c>c");
        assertThat(stage.events()).last().isEqualTo(ENABLED);
    }

    @Test
    void aZoneWithMoreCpuGetsEndpointsOfOthers() {
        node("node-a", "a", "1500m", "True");
        node("node-a2", "a", "1500m", "True");
        node("node-b", "b", "1", "True");
        pods("node-a", "node-a2", "node-b", "node-b");
        assertThat(hints()).containsExactly("a>a", "a>a", "b>a", "b>b");
    }

    @Test
    void thereAreNoHintsForFewerEndpointsThanZones() {
        zones("a", "b", "c");
        pods("node-a", "node-b");
        assertThat(hints()).containsExactly("a>", "b>");
        assertThat(stage.events()).last()
                .isEqualTo(disabled("Insufficient number of endpoints (2 endpoints, 3 zones)"));
    }

    @Test
    void thereAreNoHintsWhereAZoneWouldBeOverloaded() {
        zones("a", "b");
        pods("node-a", "node-a", "node-b");
        assertThat(hints()).containsExactly("a>", "a>", "b>");
        assertThat(stage.events()).last()
                .isEqualTo(disabled("Unable to allocate minimum required endpoints to each zone "
                        + "without exceeding overload threshold (3 endpoints, 2 zones)"));
    }

    @Test
    void aNodeWithoutZoneTakesAllHintsAway() {
        zones("a", "b");
        pods("node-a", "node-b");
        assertThat(hints()).containsExactly("a>a", "b>b");
        node("stray", "", "2", "True");
        stage.settle();
        assertThat(hints()).containsExactly("a>", "b>");
        assertThat(stage.events()).last().isEqualTo(disabled("Insufficient Node information: "
                + "allocatable CPU or zone not specified on one or more nodes"));
    }

    @Test
    void nodesOfTheControlPlaneAndThoseNotReadyDoNotCount() {
        zones("a", "b");
        node("server", "", "2", "True", "node-role.kubernetes.io/control-plane");
        node("gone", "c", "2", "Unknown");
        pods("node-a", "node-b");
        assertThat(hints()).containsExactly("a>a", "b>b");
    }

    @Test
    void hintsComeWhenASecondZoneBecomesReady() {
        zones("a");
        node("node-b", "b", "2", "False");
        pods("node-a", "node-b");
        assertThat(hints()).containsExactly("a>", "b>");
        assertThat(stage.events()).last().isEqualTo(disabled("Nodes only ready in one zone"));
        node("node-b", "b", "2", "True");
        stage.settle();
        assertThat(hints()).containsExactly("a>a", "b>b");
    }

    @Test
    void hintsGoWithTheAnnotation() {
        zones("a", "b");
        pods("node-a", "node-b");
        change(web().without("metadata", "annotations"));
        assertThat(hints()).containsExactly("a>", "b>");
        assertThat(stage.events()).last().isEqualTo(disabled("Topology Aware Hints has been disabled"));
    }

    @Test
    void theAnnotationCountsBeforeTheTrafficDistributionAndItsOlderNameBeforeItself() {
        zones("a", "b");
        pods("node-a");
        change(web().with("PreferSameNode", "spec", "trafficDistribution"));
        assertThat(hints()).as("too few endpoints").containsExactly("a>");
        change(web().with("Disabled", "metadata", "annotations", "service.kubernetes.io/topology-aware-hints"));
        assertThat(hints()).as("trafficDistribution").containsExactly("a>a");
    }

    @Test
    void slicesThatServeAreNotWrittenAgain() {
        zones("a", "b");
        pods("node-a", "node-b");
        long writes = writes();
        node("node-a2", "a", "100m", "True");
        stage.settle();
        assertThat(hints()).containsExactly("a>a", "b>b");
        assertThat(writes()).isEqualTo(writes);
    }

    private long writes() {
        return stage.api.calls().stream().filter(c -> c.contains("endpointslices")).count();
    }
}
