package io.k3j.endpointcontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointSlicesTest {
    private final Stage stage = new Stage(EndpointSlices::add);

    @BeforeEach
    void service() {
        stage.api.create(BuiltinResources.SERVICES, Stage.workload("v1", "Service", "web", Struct.of("selector",
                Struct.of("app", "web"), "clusterIP", "10.43.0.9", "ipFamilies", Seq.of("IPv4"), "ports",
                Seq.of(Struct.of("name", "http", "port", 80, "targetPort", 8080, "protocol", "TCP")))),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private void pod(String name) {
        stage.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
    }

    private List<Struct> endpoints() {
        return stage.all(BuiltinResources.ENDPOINT_SLICES).stream()
                .flatMap(s -> s.tree().seq("endpoints").structs().stream())
                .toList();
    }

    @Test
    void makesAnEmptySliceForAServiceWithoutPods() {
        Obj slice = stage.all(BuiltinResources.ENDPOINT_SLICES).getFirst();
        assertThat(slice.labels()).containsEntry("kubernetes.io/service-name", "web")
                .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
        assertThat(slice.controller().orElseThrow().text("kind")).isEqualTo("Service");
        assertThat(endpoints()).isEmpty();
    }

    @Test
    void aSliceOfAnEarlierServiceWithTheNameGoes() {
        Obj own = stage.all(BuiltinResources.ENDPOINT_SLICES).getFirst();
        Seq owner = Seq.of(own.metadata().seq("ownerReferences").struct(0).with("uid", "of-before"));
        stage.api.seed(BuiltinResources.ENDPOINT_SLICES, own.with("web-old", "metadata", "name")
                .with(owner, "metadata", "ownerReferences")
                .with(Seq.of(Struct.of("addresses", Seq.of("10.42.0.99"))), "endpoints"));
        stage.settle();
        assertThat(stage.all(BuiltinResources.ENDPOINT_SLICES)).extracting(Obj::name).containsExactly(own.name());
    }

    @Test
    void doesNotRetryInATerminatingNamespace() {
        stage.api.seed(BuiltinResources.NAMESPACES,
                Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                        Struct.of("name", "default", "deletionTimestamp", "2026-01-01T00:00:00Z"))));
        stage.api.calls().clear();
        stage.api.vanish(BuiltinResources.ENDPOINT_SLICES,
                stage.all(BuiltinResources.ENDPOINT_SLICES).getFirst().key());
        stage.pass(Duration.ofMinutes(5));
        assertThat(stage.api.calls().stream().filter(c -> c.contains("create endpointslices"))).hasSize(1);
    }

    @Test
    void aSliceHasAsManyEndpointsAsAreAskedFor() {
        SlicePlan.Group group = new SlicePlan.Group("IPv4", Seq.EMPTY);
        List<Struct> five = IntStream.range(0, 5)
                .mapToObj(i -> Struct.of("addresses", Seq.of("10.42.0." + i))).toList();
        SlicePlan plan = SlicePlan.of(Map.of(group, five), List.of(),
                g -> Obj.of(Struct.of("metadata", Struct.of("namespace", "default"))), (before, now) -> now, 2);
        assertThat(plan.create()).extracting(s -> s.tree().seq("endpoints").size()).containsExactly(2, 2, 1);
    }

    @Test
    void listsReadyPodsWithTheirAddressesAndThePortsOfTheirContainers() {
        pod("a");
        pod("b");
        stage.runPods();
        assertThat(stage.all(BuiltinResources.ENDPOINT_SLICES)).hasSize(1);
        assertThat(endpoints()).hasSize(2).allSatisfy(e -> {
            assertThat(e.seq("addresses").text(0)).startsWith("10.42.0.");
            assertThat(e.struct("conditions").flag("ready")).isTrue();
            assertThat(e.text("nodeName")).isEqualTo("node-1");
        });
        Struct port = stage.all(BuiltinResources.ENDPOINT_SLICES).getFirst().tree().seq("ports").struct(0);
        assertThat(port.whole("port", 0)).isEqualTo(8080);
        assertThat(port.text("name")).isEqualTo("http");
    }

    @Test
    void marksATerminatingPodAsServingButNotReady() {
        pod("a");
        stage.runPods();
        stage.api.delete(BuiltinResources.PODS, new Key("default", "a"), DeleteOptions.PLAIN);
        stage.settle();
        Struct conditions = endpoints().getFirst().struct("conditions");
        assertThat(conditions.flag("ready")).isFalse();
        assertThat(conditions.flag("serving")).isTrue();
        assertThat(conditions.flag("terminating")).isTrue();
        stage.runPods();
        assertThat(endpoints()).isEmpty();
    }

    @Test
    void startsANewSliceAfterAHundredEndpoints() {
        for (int i = 0; i < 130; i++) {
            pod("p" + i);
        }
        stage.runPods();
        assertThat(stage.all(BuiltinResources.ENDPOINT_SLICES).stream().map(s -> s.tree().seq("endpoints").size()))
                .containsExactlyInAnyOrder(100, 30);
    }

    @Test
    void doesNotWriteWhenNothingChanged() {
        pod("a");
        stage.runPods();
        long writes = stage.api.calls().stream().filter(c -> c.contains("endpointslices")).count();
        Obj pod = stage.pods().getFirst();
        stage.api.seed(BuiltinResources.PODS, pod.with("x", "metadata", "annotations", "note"));
        stage.settle();
        assertThat(stage.api.calls().stream().filter(c -> c.contains("endpointslices")).count()).isEqualTo(writes);
    }

    @Test
    void whatAServiceDoesNotDependOnIsNoMatterToIt() {
        pod("a");
        stage.runPods();
        Obj pod = stage.pods().getFirst();
        stage.api.seed(BuiltinResources.PODS, pod.with("x", "metadata", "annotations", "note")
                .with(Seq.of(Struct.of("name", "main", "restartCount", 1)), "status", "containerStatuses"));
        stage.api.deliver();
        assertThat(stage.desk.step()).isFalse();
        stage.api.seed(BuiltinResources.PODS, pod.without("status", "conditions"));
        stage.api.deliver();
        assertThat(stage.desk.step()).isTrue();
    }

    private List<String> names() {
        return stage.all(BuiltinResources.ENDPOINT_SLICES).stream().map(Obj::name).toList();
    }

    @Test
    void aSliceKeepsItsNameWhateverItsPorts() {
        List<String> before = names();
        pod("a");
        stage.runPods();
        assertThat(names()).as("the empty one is filled").isEqualTo(before);
        Obj service = stage.one(BuiltinResources.SERVICES, "web");
        stage.api.update(BuiltinResources.SERVICES, service.with(Seq.of(Struct.of("name", "http", "port", 80,
                "targetPort", 9090, "protocol", "TCP")), "spec", "ports"), WriteOptions.PLAIN);
        stage.settle();
        assertThat(names()).isEqualTo(before);
        Obj slice = stage.all(BuiltinResources.ENDPOINT_SLICES).getFirst();
        assertThat(slice.tree().seq("ports").struct(0).whole("port", 0)).isEqualTo(9090);
        stage.api.vanish(BuiltinResources.PODS, new Key("default", "a"));
        stage.settle();
        assertThat(names()).isEqualTo(before);
        assertThat(endpoints()).isEmpty();
    }

    @Test
    void eachFamilyHasASliceAlsoWhereOneHasNoPods() {
        stage.api.create(BuiltinResources.SERVICES, Stage.workload("v1", "Service", "both", Struct.of("selector",
                Struct.of("app", "web"), "clusterIP", "10.43.0.10", "ipFamilies", Seq.of("IPv4", "IPv6"))),
                WriteOptions.PLAIN);
        pod("a");
        stage.runPods();
        assertThat(stage.all(BuiltinResources.ENDPOINT_SLICES).stream()
                .filter(s -> "both".equals(s.labels().get(SlicePlan.SERVICE))).map(s -> s.tree().text("addressType")))
                .containsExactlyInAnyOrder("IPv4", "IPv6");
    }

    /// Of slices with 3, 1 and 4 endpoints of at most 4, and one more endpoint: the one that it fills best.
    @Test
    void newEndpointsChangeAsFewSlicesAsCanBe() {
        SlicePlan.Group group = new SlicePlan.Group("IPv4", Seq.EMPTY);
        List<Obj> present = List.of(slice("x", 0, 1), slice("y", 1, 3), slice("z", 4, 4));
        List<Struct> all = new ArrayList<>(addresses(0, 8));
        all.add(Struct.of("addresses", Seq.of("10.42.1.1")));
        SlicePlan plan = planned(group, all, present);
        assertThat(plan.update()).extracting(Obj::name).containsExactly("y");
        assertThat(plan.create()).isEmpty();
        all.removeFirst();
        all.addFirst(Struct.of("addresses", Seq.of("10.42.1.2")));
        all.remove(4);
        SlicePlan other = planned(group, all, present);
        assertThat(other.update()).extracting(Obj::name).as("one changes anyway").containsExactly("z", "y");
        assertThat(other.delete()).extracting(Obj::name).containsExactly("x");
    }

    private static SlicePlan planned(SlicePlan.Group group, List<Struct> endpoints, List<Obj> present) {
        return SlicePlan.of(Map.of(group, endpoints), present, g -> slice("new", 0, 0), (before, now) -> now, 4);
    }

    private static Obj slice(String name, int first, int count) {
        return Obj.of(Struct.of("metadata", Struct.of("name", name, "namespace", "default", "labels", Struct.EMPTY),
                "addressType", "IPv4", "endpoints", Seq.copyOf(addresses(first, count))));
    }

    private static List<Struct> addresses(int first, int count) {
        return IntStream.range(first, first + count).mapToObj(i -> Struct.of("addresses", Seq.of("10.42.0." + i)))
                .toList();
    }

    @Test
    void tellsWhySlicesCannotBeWritten() {
        pod("a");
        stage.api.refuse("update", BuiltinResources.ENDPOINT_SLICES,
                ApiFault.forbidden(BuiltinResources.ENDPOINT_SLICES, "", "no"));
        stage.runPods();
        assertThat(stage.events()).anyMatch(e -> e.startsWith(
                "FailedToUpdateEndpointSlices: Error updating Endpoint Slices for Service default/web: "));
    }

    @Test
    void aServiceThatGoesTellsOfItsPodsUntilItHasGone() {
        pod("a");
        stage.runPods();
        stage.api.seed(BuiltinResources.SERVICES, stage.one(BuiltinResources.SERVICES, "web")
                .with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp").with(Seq.of("a/b"), "metadata",
                        "finalizers"));
        stage.api.vanish(BuiltinResources.PODS, new Key("default", "a"));
        stage.settle();
        assertThat(endpoints()).isEmpty();
    }

    @Test
    void hintsFollowTheTrafficDistribution() {
        pod("a");
        stage.runPods();
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "node-1", "labels", Struct.of("topology.kubernetes.io/zone", "east")))));
        assertThat(distributed("PreferClose")).isEqualTo(zone());
        assertThat(distributed("PreferSameZone")).isEqualTo(zone());
        assertThat(distributed("PreferSameNode"))
                .isEqualTo(zone().with("forNodes", Seq.of(Struct.of("name", "node-1"))));
        assertThat(distributed("")).isEqualTo(Struct.EMPTY);
    }

    private static Struct zone() {
        return Struct.of("forZones", Seq.of(Struct.of("name", "east")));
    }

    private Struct distributed(String distribution) {
        Obj service = stage.api.get(BuiltinResources.SERVICES, new Key("default", "web"));
        stage.api.update(BuiltinResources.SERVICES, distribution.isEmpty()
                ? service.without("spec", "trafficDistribution")
                : service.with(distribution, "spec", "trafficDistribution"), WriteOptions.PLAIN);
        stage.settle();
        return endpoints().getFirst().struct("hints");
    }
}
