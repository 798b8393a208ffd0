package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.cel.CelService;
import io.k3j.celapi.CelBudget;
import io.k3j.deviceallocation.AllocationSearch;
import io.k3j.deviceallocation.ClaimedRequests;
import io.k3j.deviceallocation.DevicePools;
import io.k3j.deviceallocation.DeviceSelectors;
import io.k3j.deviceallocation.Taken;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AllocationSearchTest {
    private static final String DRIVER = "gpu.example.com";
    private final DeviceSelectors selectors = new DeviceSelectors(new CelService());
    private final List<Obj> slices = new ArrayList<>();
    private final List<Obj> allocated = new ArrayList<>();
    private Struct classSpec = Struct.EMPTY;

    private static Obj object(String kind, String name, Struct spec) {
        return Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind", kind, "metadata",
                Struct.of("name", name, "namespace", kind.equals("ResourceClaim") ? "default" : ""), "spec", spec));
    }

    private void slice(String name, Struct more) {
        Struct spec = Struct.of("driver", DRIVER, "nodeName", "n", "pool",
                Struct.of("name", "p", "generation", 1L, "resourceSliceCount", 1L));
        for (String field : more.names()) {
            spec = spec.with(field, more.get(field));
        }
        slices.add(object("ResourceSlice", name, spec));
    }

    private static Struct device(String name, String model) {
        return Struct.of("name", name, "attributes", Struct.of("model", Struct.of("string", model)));
    }

    private static Struct exactly(String name, Object... more) {
        Struct request = Struct.of("deviceClassName", "c");
        for (int i = 0; i < more.length; i += 2) {
            request = request.with((String) more[i], more[i + 1]);
        }
        return Struct.of("name", name, "exactly", request);
    }

    private static Obj claim(String name, Struct... requests) {
        return object("ResourceClaim", name, Struct.of("devices", Struct.of("requests", Seq.of((Object[]) requests))));
    }

    private Optional<List<Struct>> search(Obj... claims) {
        DevicePools pools = DevicePools.of(slices);
        List<ClaimedRequests> wanted = List.of(claims).stream().map(c -> ClaimedRequests.of(c,
                n -> n.equals("c") ? Optional.of(object("DeviceClass", n, classSpec)) : Optional.empty())).toList();
        return AllocationSearch.on(new AllocationSearch.Node("n", Map.of()), wanted,
                new AllocationSearch.Attempt(Taken.of(pools, allocated), selectors), () -> "share");
    }

    private List<String> found(Obj... claims) {
        return search(claims).map(all -> all.stream()
                .flatMap(a -> a.struct("devices").seq("results").structs().stream()).map(r -> r.text("device"))
                .toList()).orElse(List.of());
    }

    private static Struct selector(String expression) {
        return Struct.of("cel", Struct.of("expression", expression));
    }

    private void has(String device, Struct more) {
        Struct result = Struct.of("request", "a", "driver", DRIVER, "pool", "p", "device", device);
        for (String field : more.names()) {
            result = result.with(field, more.get(field));
        }
        allocated.add(claim("other").with(Struct.of("allocation",
                Struct.of("devices", Struct.of("results", Seq.of(result)))), "status"));
    }

    @Test
    void whatOthersHaveIsNotGivenAgain() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"), device("d1", "x"))));
        has("d0", Struct.EMPTY);
        assertThat(found(claim("a", exactly("r")))).containsExactly("d1");
        assertThat(search(claim("a", exactly("r", "count", 2L)))).isEmpty();
    }

    @Test
    void selectorsOfClassAndClaimBothMeanADevice() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"), device("d1", "y"))));
        classSpec = Struct.of("selectors", Seq.of(selector("device.driver == '" + DRIVER + "'")));
        assertThat(found(claim("a", exactly("r", "selectors",
                Seq.of(selector("device.attributes['" + DRIVER + "'].model == 'y'")))))).containsExactly("d1");
        assertThatThrownBy(() -> search(claim("a", exactly("r", "selectors",
                Seq.of(selector("device.attributes['" + DRIVER + "'].none == 'y'"))))))
                .hasMessage("claim default/a, request r: selector #0: CEL runtime error: no such key: none");
    }

    @Test
    void theSearchGoesBackWhereAFirstChoiceLeavesNothing() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"), device("d1", "y"), device("d2", "y"))));
        Obj same = claim("a", exactly("r"), exactly("q")).with(Seq.of(Struct.of("matchAttribute", DRIVER + "/model")),
                "spec", "devices", "constraints");
        assertThat(found(same)).containsExactly("d1", "d2");
        Obj other = claim("a", exactly("r"), exactly("q"))
                .with(Seq.of(Struct.of("distinctAttribute", DRIVER + "/model")), "spec", "devices", "constraints");
        assertThat(found(other)).containsExactly("d0", "d1");
    }

    @Test
    void allMeansEachOfThem() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"), device("d1", "x"))));
        Obj all = claim("a", exactly("r", "allocationMode", "All"));
        assertThat(found(all)).containsExactly("d0", "d1");
        has("d1", Struct.EMPTY);
        assertThat(search(all)).isEmpty();
    }

    @Test
    void theFirstAlternativeThatIsThereIsTaken() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"))));
        Struct request = Struct.of("name", "r", "firstAvailable",
                Seq.of(Struct.of("name", "two", "deviceClassName", "c", "count", 2L),
                        Struct.of("name", "one", "deviceClassName", "c", "count", 1L)));
        Struct allocation = search(claim("a", request)).orElseThrow().getFirst();
        assertThat(allocation.struct("devices").seq("results").struct(0).text("request")).isEqualTo("r/one");
        assertThat(allocation.struct("nodeSelector").seq("nodeSelectorTerms").struct(0).seq("matchFields").struct(0))
                .isEqualTo(Struct.of("key", "metadata.name", "operator", "In", "values", Seq.of("n")));
    }

    @Test
    void aTaintedDeviceIsForThoseWhoTolerateIt() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x").with("taints",
                Seq.of(Struct.of("key", "broken", "value", "", "effect", "NoSchedule"))))));
        assertThat(search(claim("a", exactly("r")))).isEmpty();
        assertThat(found(claim("a", exactly("r", "tolerations",
                Seq.of(Struct.of("key", "broken", "operator", "Exists")))))).containsExactly("d0");
    }

    @Test
    void allMeansThoseThatAreTaintedToo() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"), device("d1", "x").with("taints",
                Seq.of(Struct.of("key", "broken", "value", "", "effect", "NoSchedule"))))));
        assertThat(search(claim("a", exactly("r", "allocationMode", "All")))).isEmpty();
    }

    /// As with the credentials of another node.
    @Test
    void whatAnotherNodeSaysOfAPoolOfThisNameChangesNothing() {
        Struct counted = Struct.of("memory", Struct.of("value", "6Gi"));
        Seq there = Seq.of(Struct.of("name", "gpu", "counters", counted));
        Seq consumed = Seq.of(Struct.of("counterSet", "gpu", "counters", counted));
        slice("s", Struct.of("devices", Seq.of(device("d0", "x").with("consumesCounters", consumed),
                device("d1", "x").with("consumesCounters", consumed)), "sharedCounters", there));
        slice("evil", Struct.of("nodeName", "m", "devices", Seq.of(device("d0", "x")), "sharedCounters",
                Seq.of(Struct.of("name", "gpu", "counters", Struct.of("memory", Struct.of("value", "60Gi")))), "pool",
                Struct.of("name", "p", "generation", 9L, "resourceSliceCount", 1L)));
        assertThat(found(claim("a", exactly("r")))).containsExactly("d0");
        has("d0", Struct.EMPTY);
        assertThat(search(claim("a", exactly("r")))).isEmpty();
    }

    @Test
    void aPoolMayBeOnSeveralNodes() {
        Struct pool = Struct.of("name", "p", "generation", 1L, "resourceSliceCount", 2L);
        slice("s", Struct.of("devices", Seq.of(device("d0", "x")), "pool", pool));
        assertThat(search(claim("a", exactly("r")))).isEmpty();
        slice("t", Struct.of("nodeName", "m", "devices", Seq.of(device("d1", "x")), "pool", pool));
        assertThat(found(claim("a", exactly("r")))).containsExactly("d0");
    }

    @Test
    void partsOfADeviceShareItsCounters() {
        Struct memory = Struct.of("memory", Struct.of("value", "6Gi"));
        Seq consumed = Seq.of(Struct.of("counterSet", "gpu", "counters", memory));
        slice("s", Struct.of("devices", Seq.of(device("d0", "x").with("consumesCounters", consumed),
                device("d1", "x").with("consumesCounters", consumed)), "sharedCounters",
                Seq.of(Struct.of("name", "gpu", "counters", Struct.of("memory", Struct.of("value", "8Gi"))))));
        assertThat(found(claim("a", exactly("r")))).containsExactly("d0");
        assertThat(search(claim("a", exactly("r", "count", 2L)))).isEmpty();
        has("d1", Struct.EMPTY);
        assertThat(search(claim("a", exactly("r")))).isEmpty();
    }

    @Test
    void severalClaimsHaveTheirPartOfOneDevice() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x").with("allowMultipleAllocations", true)
                .with("capacity", Struct.of("memory", Struct.of("value", "10Gi", "requestPolicy", Struct.of("default",
                        "1Gi", "validRange", Struct.of("min", "1Gi", "step", "2Gi"))))))));
        has("d0", Struct.of("consumedCapacity", Struct.of("memory", "5Gi"), "shareID", "x"));
        Struct four = Struct.of("requests", Struct.of("memory", "4Gi"));
        Struct result = search(claim("a", exactly("r", "capacity", four))).orElseThrow().getFirst()
                .struct("devices").seq("results").struct(0);
        assertThat(result.struct("consumedCapacity").text("memory")).isEqualTo("5Gi");
        assertThat(result.text("shareID")).isEqualTo("share");
        assertThat(search(claim("a", exactly("r", "capacity", Struct.of("requests", Struct.of("memory", "6Gi"))))))
                .isEmpty();
    }

    @Test
    void theConfigurationOfAClassIsToldOnceAndOfAClaimLast() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"), device("d1", "x"))));
        Struct opaque = Struct.of("driver", DRIVER, "parameters", Struct.of("mode", "a"));
        classSpec = Struct.of("config", Seq.of(Struct.of("opaque", opaque)));
        Obj claim = claim("a", exactly("r"), exactly("q")).with(Seq.of(Struct.of("requests", Seq.of("q"), "opaque",
                opaque.with("parameters", Struct.of("mode", "b")))), "spec", "devices", "config");
        assertThat(search(claim).orElseThrow().getFirst().struct("devices").seq("config").structs()).containsExactly(
                Struct.of("source", "FromClass", "opaque", opaque), Struct.of("source", "FromClaim", "requests",
                        Seq.of("q"), "opaque", opaque.with("parameters", Struct.of("mode", "b"))));
    }

    @Test
    void aConfigurationForTheAlternativesOfOneRequestIsForNoOther() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"), device("d1", "x"))));
        Struct request = Struct.of("name", "r", "firstAvailable", Seq.of(Struct.of("name", "x", "deviceClassName", "c"),
                Struct.of("name", "y", "deviceClassName", "c")));
        Seq both = Seq.of("r/x", "r/y");
        Obj claim = claim("a", request, exactly("q")).with(Seq.of(Struct.of("requests", both, "opaque",
                Struct.of("driver", DRIVER))), "spec", "devices", "config");
        assertThat(search(claim).orElseThrow().getFirst().struct("devices").seq("config").struct(0).seq("requests"))
                .isEqualTo(both);
    }

    @Test
    void adminAccessKeepsNobodyFromADevice() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"))));
        has("d0", Struct.EMPTY);
        assertThat(found(claim("a", exactly("r", "adminAccess", true)))).containsExactly("d0");
        assertThat(search(claim("a", exactly("r", "adminAccess", true), exactly("q", "adminAccess", true)))).isEmpty();
        allocated.clear();
        has("d0", Struct.of("adminAccess", true));
        assertThat(found(claim("a", exactly("r")))).containsExactly("d0");
    }

    @Test
    void aPoolThatIsBeingChangedIsNotAsked() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x")), "pool",
                Struct.of("name", "p", "generation", 2L, "resourceSliceCount", 2L)));
        assertThat(search(claim("a", exactly("r")))).isEmpty();
        assertThatThrownBy(() -> search(claim("a", exactly("r", "allocationMode", "All"))))
                .hasMessageEndingWith("resource pool gpu.example.com/p is currently being updated");
    }

    @Test
    void theNodesOfOneAttemptShareWhatItMayCost() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"))));
        Struct dear = selector("[0,1,2,3,4,5,6,7,8,9].all(a, [0,1,2,3,4,5,6,7,8,9].all(b, a + b >= 0))");
        AllocationSearch.Attempt attempt = new AllocationSearch.Attempt(Taken.of(DevicePools.of(slices), allocated),
                selectors, CelBudget.of(20_000));
        List<ClaimedRequests> wanted = List.of(ClaimedRequests.of(claim("a", exactly("r", "selectors", Seq.of(dear))),
                n -> Optional.of(object("DeviceClass", n, classSpec))));
        AllocationSearch.Node node = new AllocationSearch.Node("n", Map.of());
        assertThat(AllocationSearch.on(node, wanted, attempt, () -> "")).isPresent();
        assertThatThrownBy(() -> {
            for (int i = 0; i < 100; i++) {
                AllocationSearch.on(node, wanted, attempt, () -> "");
            }
        }).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("simpler");
    }

    @Test
    void ofTooManyClaimsNoneIsLookedAt() {
        slice("s", Struct.of("devices", Seq.of(device("d0", "x"))));
        Obj[] many = Collections.nCopies(501, claim("a", exactly("r"))).toArray(Obj[]::new);
        assertThatThrownBy(() -> search(many)).hasMessageStartingWith("the pod's 501 claims without devices");
        assertThat(search(claim("a", exactly("r", "count", Long.MAX_VALUE)))).isEmpty();
    }

    @Test
    void aSearchEnds() {
        List<Object> many = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            many.add(device("d" + i, "m" + i % 20));
        }
        slice("s", Struct.of("devices", Seq.copyOf(many)));
        Obj impossible = claim("a", exactly("r", "count", 21L))
                .with(Seq.of(Struct.of("distinctAttribute", DRIVER + "/model")), "spec", "devices", "constraints");
        assertThatThrownBy(() -> search(impossible)).hasMessageStartingWith("gave up allocating devices after");
    }
}
