package io.k3j.endpointcontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointsTest {
    private final Stage stage = new Stage(d -> {
        EndpointsObjects.add(d);
        EndpointsMirror.add(d);
    });

    private void pod(String name) {
        stage.api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", "web")))),
                WriteOptions.PLAIN);
    }

    private static final Struct PORT = Struct.of("name", "http", "port", 80, "targetPort", 8080, "protocol", "TCP");

    @Test
    void separatesReadyAndNotReadyAddresses() {
        stage.api.create(BuiltinResources.SERVICES, Stage.workload("v1", "Service", "web", Struct.of("selector",
                Struct.of("app", "web"), "ports", Seq.of(PORT))), WriteOptions.PLAIN);
        pod("a");
        pod("b");
        stage.runPods();
        Obj b = stage.api.get(BuiltinResources.PODS, new Key("default", "b"));
        stage.api.seed(BuiltinResources.PODS, b.without("status", "conditions"));
        stage.settle();
        Struct subset = stage.one(BuiltinResources.ENDPOINTS, "web").tree().seq("subsets").struct(0);
        assertThat(subset.seq("addresses").struct(0).struct("targetRef").text("name")).isEqualTo("a");
        assertThat(subset.seq("notReadyAddresses").struct(0).struct("targetRef").text("name")).isEqualTo("b");
        assertThat(subset.seq("ports").struct(0).whole("port", 0)).isEqualTo(8080);
        stage.api.vanish(BuiltinResources.SERVICES, new Key("default", "web"));
        stage.settle();
        assertThat(stage.all(BuiltinResources.ENDPOINTS)).isEmpty();
    }

    @Test
    void marksEndpointsThatDoNotHoldAllAddresses() {
        stage.api.create(BuiltinResources.SERVICES, Stage.workload("v1", "Service", "web", Struct.of("selector",
                Struct.of("app", "web"), "ports", Seq.of(PORT))), WriteOptions.PLAIN);
        for (int i = 0; i <= EndpointsPlan.MAX_ADDRESSES; i++) {
            stage.api.seed(BuiltinResources.PODS, backend(i, false));
        }
        stage.settle();
        Obj full = stage.one(BuiltinResources.ENDPOINTS, "web");
        assertThat(full.tree().seq("subsets").struct(0).seq("notReadyAddresses").size())
                .isEqualTo(EndpointsPlan.MAX_ADDRESSES);
        assertThat(full.annotations()).containsEntry("endpoints.kubernetes.io/over-capacity", "truncated");
        stage.api.vanish(BuiltinResources.PODS, new Key("default", "p0"));
        stage.settle();
        assertThat(stage.one(BuiltinResources.ENDPOINTS, "web").annotations())
                .doesNotContainKey("endpoints.kubernetes.io/over-capacity");
    }

    /// Of two ports, so that there are two subsets.
    @Test
    void truncatedEndpointsKeepReadyAddressesFirstAndShareTheRest() {
        Struct named = PORT.with("targetPort", "web");
        Obj service = Obj.of(Struct.of("spec", Struct.of("ports", Seq.of(named))));
        List<Obj> pods = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            pods.add(backend(i, i >= 900).with(Seq.of(Struct.of("name", "c", "ports", Seq.of(Struct.of("name", "web",
                    "containerPort", i % 3 == 0 ? 81 : 80, "protocol", "TCP")))), "spec", "containers"));
        }
        EndpointsPlan plan = EndpointsPlan.of(service, pods);
        assertThat(plan.truncated()).isTrue();
        assertThat(counts(plan, "addresses")).containsExactly(200, 400);
        assertThat(counts(plan, "notReadyAddresses")).containsExactly(134, 266);
        EndpointsPlan crowded = EndpointsPlan.of(service, pods.stream().map(EndpointsTest::ready).toList());
        assertThat(counts(crowded, "addresses")).containsExactly(334, 666);
        assertThat(counts(crowded, "notReadyAddresses")).containsExactly(0, 0);
    }

    private static List<Integer> counts(EndpointsPlan plan, String list) {
        return plan.subsets().structs().stream().map(s -> s.seq(list).size()).toList();
    }

    private static Obj backend(int i, boolean ready) {
        Obj pod = Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p" + i, "namespace", "default", "labels", Struct.of("app", "web")), "status",
                Struct.of("podIP", "10.0." + i / 250 + "." + i % 250)));
        return ready ? ready(pod) : pod;
    }

    private static Obj ready(Obj pod) {
        return pod.with(Seq.of(Struct.of("type", "Ready", "status", "True")), "status", "conditions");
    }

    @Test
    void mirrorsUserManagedEndpoints() {
        stage.api.create(BuiltinResources.SERVICES,
                Stage.workload("v1", "Service", "db", Struct.of("ports", Seq.of(PORT))),
                WriteOptions.PLAIN);
        stage.api.create(
                BuiltinResources.ENDPOINTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Endpoints", "metadata",
                        Struct.of("name", "db", "namespace", "default"), "subsets", Seq.of(Struct.of("addresses",
                                Seq.of(Struct.of("ip", "192.0.2.7")), "ports", Seq.of(Struct.of("port", 5432)))))),
                WriteOptions.PLAIN);
        stage.settle();
        Obj slice = stage.all(BuiltinResources.ENDPOINT_SLICES).getFirst();
        assertThat(slice.labels()).containsEntry("kubernetes.io/service-name", "db");
        assertThat(slice.tree().seq("endpoints").struct(0).seq("addresses").text(0)).isEqualTo("192.0.2.7");
        stage.api.vanish(BuiltinResources.ENDPOINTS, new Key("default", "db"));
        stage.settle();
        assertThat(stage.all(BuiltinResources.ENDPOINT_SLICES)).isEmpty();
    }

    /// Slices take one spelling of an address only, Endpoints take any.
    @Test
    void mirrorsAddressesInTheFormThatSlicesTake() {
        stage.api.create(BuiltinResources.SERVICES,
                Stage.workload("v1", "Service", "db", Struct.of("ports", Seq.of(PORT))), WriteOptions.PLAIN);
        stage.api.create(BuiltinResources.ENDPOINTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Endpoints",
                "metadata", Struct.of("name", "db", "namespace", "default"), "subsets",
                Seq.of(Struct.of("addresses", Seq.of(Struct.of("ip", "2001:DB8:0:0::7")), "ports",
                        Seq.of(Struct.of("port", 5432)))))),
                WriteOptions.PLAIN);
        stage.settle();
        Obj slice = stage.all(BuiltinResources.ENDPOINT_SLICES).getFirst();
        assertThat(slice.tree().text("addressType")).isEqualTo("IPv6");
        assertThat(slice.tree().seq("endpoints").struct(0).seq("addresses").text(0)).isEqualTo("2001:db8::7");
    }

    @Test
    void mirrorsEachAddressWithTheAnnotationsBesideASliceOfAnybody() {
        stage.api.create(BuiltinResources.SERVICES,
                Stage.workload("v1", "Service", "db", Struct.of("ports", Seq.of(PORT))), WriteOptions.PLAIN);
        stage.api.create(BuiltinResources.ENDPOINT_SLICES, Obj.of(Struct.of("apiVersion", "discovery.k8s.io/v1", "kind",
                "EndpointSlice", "metadata", Struct.of("name", "db-mine", "namespace", "default", "labels",
                        Struct.of("kubernetes.io/service-name", "db")),
                "addressType", "IPv4", "endpoints", Seq.of(Struct.of("addresses", Seq.of("192.0.2.9"))))),
                WriteOptions.PLAIN);
        Struct target = Struct.of("kind", "Pod", "name", "db-0", "uid", "one");
        stage.api.create(BuiltinResources.ENDPOINTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Endpoints",
                "metadata", Struct.of("name", "db", "namespace", "default", "annotations",
                        Struct.of("note", "kept", "endpoints.kubernetes.io/last-change-trigger-time", "x")),
                "subsets", Seq.of(Struct.of("addresses",
                        Seq.of(Struct.of("ip", "192.0.2.7", "targetRef", target),
                                Struct.of("ip", "192.0.2.8", "targetRef", target)),
                        "ports", Seq.of(Struct.of("port", 5432)))))),
                WriteOptions.PLAIN);
        stage.settle();
        Obj slice = stage.all(BuiltinResources.ENDPOINT_SLICES).stream().filter(s -> !s.name().equals("db-mine"))
                .findFirst().orElseThrow();
        assertThat(slice.tree().seq("endpoints").structs()).extracting(e -> e.seq("addresses").text(0))
                .containsExactly("192.0.2.7", "192.0.2.8");
        assertThat(slice.annotations()).containsEntry("note", "kept").hasSize(1);
        assertThat(stage.all(BuiltinResources.ENDPOINT_SLICES)).extracting(Obj::name)
                .containsExactlyInAnyOrder(slice.name(), "db-mine");
    }

    @Test
    void mirrorsAThousandAddressesOfASubsetIntoOneSliceAndTellsOfTheOthers() {
        stage.api.create(BuiltinResources.SERVICES,
                Stage.workload("v1", "Service", "db", Struct.of("ports", Seq.of(PORT))), WriteOptions.PLAIN);
        List<Struct> addresses = new ArrayList<>();
        for (int i = 0; i < 1_003; i++) {
            addresses.add(Struct.of("ip", "10.0." + i / 250 + "." + i % 250));
        }
        stage.api.create(BuiltinResources.ENDPOINTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Endpoints",
                "metadata", Struct.of("name", "db", "namespace", "default"), "subsets", Seq.of(Struct.of("addresses",
                        Seq.copyOf(addresses), "ports", Seq.of(Struct.of("port", 5432)))))),
                WriteOptions.PLAIN);
        stage.settle();
        assertThat(stage.all(BuiltinResources.ENDPOINT_SLICES)).singleElement()
                .satisfies(s -> assertThat(s.tree().seq("endpoints").size()).isEqualTo(1_000));
        assertThat(stage.events()).contains("TooManyAddressesToMirror: A max of 1000 addresses can be mirrored to"
                + " EndpointSlices per Endpoints subset. 3 addresses were skipped");
    }

    @Test
    void aMirroredSliceKeepsItsNameAndGetsTheOwnerThatIsThere() {
        stage.api.create(BuiltinResources.SERVICES,
                Stage.workload("v1", "Service", "db", Struct.of("ports", Seq.of(PORT))), WriteOptions.PLAIN);
        Obj endpoints = stage.api.create(BuiltinResources.ENDPOINTS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "Endpoints", "metadata", Struct.of("name", "db", "namespace", "default"), "subsets",
                Seq.of(subset("192.0.2.7", 5432)))), WriteOptions.PLAIN);
        stage.settle();
        Obj slice = stage.all(BuiltinResources.ENDPOINT_SLICES).getFirst();
        stage.api.seed(BuiltinResources.ENDPOINTS, endpoints.with("another", "metadata", "uid").with(
                Seq.of(subset("192.0.2.8", 5433)), "subsets"));
        stage.settle();
        assertThat(stage.all(BuiltinResources.ENDPOINT_SLICES)).singleElement().satisfies(now -> {
            assertThat(now.name()).isEqualTo(slice.name());
            assertThat(now.tree().seq("ports").struct(0).whole("port", 0)).isEqualTo(5433);
            assertThat(now.owners()).extracting(o -> o.text("uid")).containsExactly("another");
        });
    }

    @Test
    void tellsWhyEndpointsCannotBeWritten() {
        stage.api.refuse("create", BuiltinResources.ENDPOINTS,
                ApiFault.forbidden(BuiltinResources.ENDPOINTS, "", "no"));
        stage.api.create(BuiltinResources.SERVICES, Stage.workload("v1", "Service", "web", Struct.of("selector",
                Struct.of("app", "web"), "ports", Seq.of(PORT))), WriteOptions.PLAIN);
        stage.settle();
        assertThat(stage.events()).anyMatch(e -> e.startsWith(
                "FailedToCreateEndpoint: Failed to create endpoint for service default/web: "));
    }

    private static Struct subset(String ip, int port) {
        return Struct.of("addresses", Seq.of(Struct.of("ip", ip)), "ports", Seq.of(Struct.of("port", port)));
    }
}
