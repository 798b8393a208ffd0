package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.cel.CelService;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceSchedulingTest {
    private final SchedulerBed bed = new SchedulerBed();

    @BeforeEach
    void nodes() {
        bed.watching.devices().engine(new CelService());
        bed.node("a", "4");
        bed.node("b", "4");
        seed(BuiltinResources.DEVICE_CLASSES, "DeviceClass", "gpu", Struct.of("selectors", Seq.of(
                Struct.of("cel", Struct.of("expression", "device.driver == 'gpu.example.com'")))));
    }

    private Obj seed(Gvr resource, String kind, String name, Struct spec) {
        Struct meta = kind.equals("ResourceClaim") ? Struct.of("name", name, "namespace", "default")
                : Struct.of("name", name);
        return bed.api.create(resource, Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind", kind, "metadata",
                meta, "spec", spec)), WriteOptions.PLAIN);
    }

    private void devices(String node, int count) {
        Seq devices = Seq.EMPTY;
        for (int i = 0; i < count; i++) {
            devices = devices.plus(Struct.of("name", "d" + i));
        }
        seed(BuiltinResources.RESOURCE_SLICES, "ResourceSlice", node + "-gpu", Struct.of("driver", "gpu.example.com",
                "nodeName", node, "pool", Struct.of("name", node, "generation", 1L, "resourceSliceCount", 1L),
                "devices", devices));
    }

    private void claim(String name) {
        seed(BuiltinResources.RESOURCE_CLAIMS, "ResourceClaim", name, Struct.of("devices", Struct.of("requests",
                Seq.of(Struct.of("name", "r", "exactly", Struct.of("deviceClassName", "gpu", "count", 1L))))));
    }

    /// Without an attempt.
    private void waiting(String name, String claim) {
        bed.pod(name, SchedulerBed.cpu("1").with("resourceClaims",
                Seq.of(Struct.of("name", "gpu", "resourceClaimName", claim))));
    }

    private void pod(String name, String claim) {
        waiting(name, claim);
        bed.settle();
    }

    private Struct status(String claim) {
        return bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", claim)).status();
    }

    @Test
    void aPodIsBoundWhereItsDevicesAreAndTheClaimSaysSo() {
        devices("b", 1);
        claim("c");
        pod("p", "c");
        assertThat(bed.node("p")).isEqualTo("b");
        Struct result = status("c").struct("allocation").struct("devices").seq("results").struct(0);
        assertThat(result).isEqualTo(Struct.of("request", "r", "driver", "gpu.example.com", "pool", "b", "device",
                "d0"));
        assertThat(status("c").seq("reservedFor").structs()).singleElement()
                .satisfies(r -> assertThat(r.text("name")).isEqualTo("p"));
        assertThat(bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", "c")).finalizers())
                .containsExactly("resource.kubernetes.io/delete-protection");
    }

    @Test
    void oneDeviceIsGivenOnceAndTheNextPodWaitsForIt() {
        devices("b", 1);
        claim("c");
        claim("d");
        pod("p", "c");
        pod("q", "d");
        assertThat(bed.node("q")).isEmpty();
        assertThat(bed.scheduled("q").text("message")).startsWith("0/2 nodes are available: 2 cannot allocate all"
                + " claims.");
        Obj claim = bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", "c"));
        bed.api.update(BuiltinResources.RESOURCE_CLAIMS, claim.with(Struct.EMPTY, "status"), WriteOptions.STATUS);
        bed.settle();
        bed.later();
        assertThat(bed.node("q")).isEqualTo("b");
    }

    /// Another attempt comes when the claim's finalizer is seen, and its devices are not written yet.
    @Test
    void aDeviceIsNobodyElsesWhileItsClaimIsBeingWritten() {
        devices("b", 1);
        claim("c");
        claim("d");
        bed.during("update", () -> bed.during("update", () -> {
            bed.api.deliver();
            bed.loop.step();
        }));
        waiting("p", "c");
        waiting("q", "d");
        bed.settle();
        assertThat(bed.node("p") + bed.node("q")).isEqualTo("b");
        assertThat(status("c").has("allocation") && status("d").has("allocation")).isFalse();
    }

    @Test
    void aDeviceThatWasNotWrittenIsOfferedToThoseWhoWait() {
        devices("b", 1);
        claim("c");
        claim("d");
        bed.during("update", () -> {
            bed.api.deliver();
            bed.loop.step();
            bed.api.delete(BuiltinResources.PODS, SchedulerBed.key("p"), DeleteOptions.NOW);
            throw new ApiFault(403, "Forbidden", "no", Struct.EMPTY);
        });
        waiting("p", "c");
        waiting("q", "d");
        bed.settle();
        bed.later();
        assertThat(bed.node("q")).isEqualTo("b");
    }

    @Test
    void aClaimThatNobodyUsesGivesItsDevicesUpWhereItsNodeIsFull() {
        devices("a", 1);
        devices("b", 1);
        claim("c");
        bed.pod("x", SchedulerBed.cpu("4").with("nodeSelector", Struct.of("kubernetes.io/hostname", "a")));
        bed.settle();
        Obj claim = bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", "c"));
        Struct selector = Struct.of("nodeSelectorTerms", Seq.of(Struct.of("matchFields", Seq.of(Struct.of("key",
                "metadata.name", "operator", "In", "values", Seq.of("a"))))));
        Struct results = Struct.of("results", Seq.of(Struct.of("request", "r", "driver", "gpu.example.com", "pool",
                "a", "device", "d0")));
        bed.api.update(BuiltinResources.RESOURCE_CLAIMS, claim.with(
                Struct.of("allocation", Struct.of("devices", results, "nodeSelector", selector)), "status"),
                WriteOptions.STATUS);
        pod("p", "c");
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
    }

    @Test
    void podsThatShareAClaimAreWhereItsDevicesAre() {
        devices("a", 1);
        devices("b", 1);
        claim("c");
        pod("p", "c");
        pod("q", "c");
        assertThat(bed.node("q")).isNotEmpty().isEqualTo(bed.node("p"));
        assertThat(status("c").seq("reservedFor").size()).isEqualTo(2);
    }

    @Test
    void podsThatShareAClaimReserveItAtOnce() {
        devices("a", 1);
        claim("c");
        waiting("p", "c");
        waiting("q", "c");
        bed.hold();
        bed.api.deliver();
        bed.loop.step();
        bed.loop.step();
        bed.release();
        assertThat(bed.node("p")).isEqualTo("a");
        assertThat(bed.node("q")).isEqualTo("a");
        assertThat(status("c").seq("reservedFor").size()).isEqualTo(2);
    }

    @Test
    void aPodWaitsForItsClaimAndForTheDevices() {
        pod("p", "c");
        assertThat(bed.scheduled("p").text("message")).startsWith("0/2 nodes are available: resourceclaim \"c\" not"
                + " found.");
        claim("c");
        bed.settle();
        bed.later();
        assertThat(bed.scheduled("p").text("message")).contains("2 cannot allocate all claims");
        devices("a", 1);
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("a");
    }

    @Test
    void aPodIsNotedWhenItsClaimHasBeenMade() {
        devices("a", 1);
        bed.pod("p", SchedulerBed.cpu("1").with("resourceClaims",
                Seq.of(Struct.of("name", "gpu", "resourceClaimTemplateName", "t"))));
        bed.settle();
        assertThat(bed.node("p")).isEmpty();
        Obj pod = bed.get("p");
        Struct meta = Struct.of("name", "p-gpu-1", "namespace", "default", "ownerReferences",
                Seq.of(pod.ownerReference()));
        bed.api.create(BuiltinResources.RESOURCE_CLAIMS, Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind",
                "ResourceClaim", "metadata", meta, "spec", Struct.of("devices", Struct.of("requests",
                        Seq.of(Struct.of("name", "r", "exactly", Struct.of("deviceClassName", "gpu"))))))),
                WriteOptions.PLAIN);
        bed.api.update(BuiltinResources.PODS, bed.get("p").with(
                Seq.of(Struct.of("name", "gpu", "resourceClaimName", "p-gpu-1")), "status", "resourceClaimStatuses"),
                WriteOptions.STATUS);
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("a");
    }

    private void named(String resource) {
        Obj gpu = bed.api.get(BuiltinResources.DEVICE_CLASSES, Key.of("gpu"));
        bed.api.update(BuiltinResources.DEVICE_CLASSES, gpu.with(resource, "spec", "extendedResourceName"),
                WriteOptions.PLAIN);
    }

    private static Struct asking(String resource, String count) {
        return Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("requests", Struct.of("cpu", "1", resource, count)))));
    }

    private List<Obj> claims() {
        return bed.api.list(BuiltinResources.RESOURCE_CLAIMS, Query.ALL).items();
    }

    @Test
    void anExtendedResourceIsDevicesOfItsClassWhereNoNodeOffersIt() {
        named("example.com/gpu");
        devices("b", 2);
        bed.pod("p", asking("example.com/gpu", "2"));
        bed.settle();
        assertThat(bed.node("p")).isEqualTo("b");
        Obj claim = claims().getFirst();
        assertThat(claim.name()).startsWith("p-extended-resources-");
        assertThat(claim.annotations()).containsEntry("resource.kubernetes.io/extended-resource-claim", "true");
        assertThat(claim.status().struct("allocation").struct("devices").seq("results").size()).isEqualTo(2);
        assertThat(claim.status().seq("reservedFor").struct(0).text("uid")).isEqualTo(bed.get("p").uid());
        assertThat(bed.get("p").status().struct("extendedResourceClaimStatus")).isEqualTo(Struct.of(
                "requestMappings", Seq.of(Struct.of("containerName", "c", "resourceName", "example.com/gpu",
                        "requestName", "container-0-request-1")), "resourceClaimName", claim.name()));
    }

    @Test
    void aNodeThatOffersAnExtendedResourceItselfGivesItWithoutAClaim() {
        named("example.com/gpu");
        Obj node = bed.api.get(BuiltinResources.NODES, Key.of("a"));
        bed.api.seed(BuiltinResources.NODES, node.with("1", "status", "allocatable", "example.com/gpu"));
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.settle();
        assertThat(bed.node("p")).isEqualTo("a");
        assertThat(claims()).isEmpty();
        bed.pod("q", asking("example.com/gpu", "1"));
        bed.settle();
        assertThat(bed.scheduled("q").text("message")).contains("1 Insufficient example.com/gpu",
                "1 cannot allocate all claims");
    }

    @Test
    void eachClassStandsForAResourceOfItsOwnName() {
        devices("b", 1);
        bed.pod("p", asking("deviceclass.resource.kubernetes.io/gpu", "1"));
        bed.settle();
        assertThat(bed.node("p")).isEqualTo("b");
        assertThat(claims()).hasSize(1);
    }

    @Test
    void aPodWaitsForTheClassThatStandsForItsResource() {
        devices("b", 1);
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.settle();
        assertThat(bed.scheduled("p").text("message")).contains("2 Insufficient example.com/gpu");
        named("example.com/gpu");
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
    }

    /// The claim is not seen yet when the next pod is looked at.
    @Test
    void aDeviceOfAnExtendedResourceIsGivenOnce() {
        named("example.com/gpu");
        devices("b", 1);
        bed.hold();
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.pod("q", asking("example.com/gpu", "1"));
        bed.api.deliver();
        bed.loop.step();
        bed.loop.step();
        bed.release();
        assertThat(claims()).hasSize(1);
        bed.settle();
        assertThat(bed.node("p") + bed.node("q")).isEqualTo("b");
    }

    @Test
    void aPodThatIsNotBoundKeepsNoClaimOfItsExtendedResources() {
        named("example.com/gpu");
        devices("b", 1);
        bed.during("post", () -> {
            throw new ApiFault(403, "Forbidden", "no", Struct.EMPTY);
        });
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.api.deliver();
        bed.loop.step();
        assertThat(claims()).isEmpty();
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
        assertThat(claims()).singleElement().satisfies(c -> assertThat(c.name()).isEqualTo(
                bed.get("p").status().struct("extendedResourceClaimStatus").text("resourceClaimName")));
    }

    /// As after a crash between both writes.
    @Test
    void aClaimThatAnAttemptHasLeftIsReplaced() {
        named("example.com/gpu");
        devices("b", 1);
        bed.during("post", () -> {
            bed.during("find", () -> {
                throw new ApiFault(500, "InternalError", "no", Struct.EMPTY);
            });
            throw new ApiFault(403, "Forbidden", "no", Struct.EMPTY);
        });
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.api.deliver();
        bed.loop.step();
        String left = claims().getFirst().name();
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
        assertThat(claims()).singleElement().satisfies(c -> assertThat(c.name()).isNotEqualTo(left));
    }

    /// One that becomes ready when it is given.
    private void lateDevice() {
        devices("b", 1);
        Obj slice = bed.api.get(BuiltinResources.RESOURCE_SLICES, Key.of("b-gpu"));
        bed.api.update(BuiltinResources.RESOURCE_SLICES, slice.with(Seq.of(Struct.of("name", "d0",
                "bindsToNode", true, "bindingConditions", Seq.of("example.com/attached"), "bindingFailureConditions",
                Seq.of("example.com/broken"))), "spec", "devices"), WriteOptions.PLAIN);
    }

    private void tell(String claim, String condition) {
        Obj now = bed.api.get(BuiltinResources.RESOURCE_CLAIMS, new Key("default", claim));
        Struct told = Struct.of("driver", "gpu.example.com", "pool", "b", "device", "d0", "conditions",
                Seq.of(Struct.of("type", condition, "status", "True")));
        bed.api.update(BuiltinResources.RESOURCE_CLAIMS, now.with(Seq.of(told), "status", "devices"),
                WriteOptions.STATUS);
        bed.settle();
    }

    @Test
    void aPodIsBoundWhenItsDevicesAreReady() {
        lateDevice();
        claim("c");
        pod("p", "c");
        assertThat(bed.node("p")).isEmpty();
        assertThat(bed.nominated("p")).isEqualTo("b");
        Struct allocation = status("c").struct("allocation");
        assertThat(allocation.struct("devices").seq("results").struct(0).seq("bindingConditions").texts())
                .containsExactly("example.com/attached");
        assertThat(allocation.has("allocationTimestamp")).isTrue();
        tell("c", "example.com/other");
        assertThat(bed.node("p")).isEmpty();
        tell("c", "example.com/attached");
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
    }

    @Test
    void devicesThatFailAreGivenUpForOthers() {
        lateDevice();
        claim("c");
        pod("p", "c");
        bed.api.delete(BuiltinResources.RESOURCE_SLICES, Key.of("b-gpu"), DeleteOptions.NOW);
        devices("a", 1);
        bed.settle();
        assertThat(bed.nominated("p")).isEqualTo("b");
        tell("c", "example.com/broken");
        bed.later();
        assertThat(bed.node("p")).isEqualTo("a");
        assertThat(bed.said()).anyMatch(e -> e.contains("resourceclaim not available on the node"));
    }

    /// It could not be told while its pod is not bound, as it goes when that fails.
    @Test
    void theClaimOfExtendedResourcesHasNoDeviceThatIsNotReady() {
        named("example.com/gpu");
        lateDevice();
        bed.pod("p", asking("example.com/gpu", "1"));
        bed.settle();
        assertThat(bed.node("p")).isEmpty();
        assertThat(claims()).isEmpty();
    }

    @Test
    void theClaimOfExtendedResourcesIsMadeWhenThePodsOtherDevicesAreReady() {
        named("example.com/gpu");
        lateDevice();
        Obj slice = bed.api.get(BuiltinResources.RESOURCE_SLICES, Key.of("b-gpu"));
        bed.api.update(BuiltinResources.RESOURCE_SLICES, slice.with(slice.spec().seq("devices")
                .plus(Struct.of("name", "d1")), "spec", "devices"), WriteOptions.PLAIN);
        seed(BuiltinResources.RESOURCE_CLAIMS, "ResourceClaim", "c", Struct.of("devices", Struct.of("requests",
                Seq.of(Struct.of("name", "r", "exactly", Struct.of("deviceClassName", "gpu", "selectors",
                        Seq.of(Struct.of("cel", Struct.of("expression", "device.driver != 'x'")))))))));
        bed.pod("p", asking("example.com/gpu", "1").with("resourceClaims",
                Seq.of(Struct.of("name", "gpu", "resourceClaimName", "c"))));
        bed.settle();
        assertThat(bed.node("p")).isEmpty();
        assertThat(claims()).hasSize(1);
        tell("c", "example.com/attached");
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
        assertThat(claims()).hasSize(2);
    }

    @Test
    void devicesThatAreNotReadyInTenMinutesAreGivenUp() {
        lateDevice();
        claim("c");
        pod("p", "c");
        String first = status("c").struct("allocation").text("allocationTimestamp");
        bed.clock.advance(Duration.ofMinutes(11));
        bed.settle();
        bed.later();
        assertThat(bed.said()).anyMatch(e -> e.contains("resourceclaim not available on the node"));
        assertThat(status("c").struct("allocation").text("allocationTimestamp")).isNotEqualTo(first);
    }

    private void refused(int code, String reason) {
        devices("b", 1);
        claim("c");
        bed.during("post", () -> {
            throw new ApiFault(code, reason, "no", Struct.EMPTY);
        });
        waiting("p", "c");
        bed.api.deliver();
        bed.loop.step();
        bed.api.deliver();
        assertThat(status("c").has("allocation")).isTrue();
    }

    @Test
    void aPodThatIsNotBoundKeepsNoReservation() {
        refused(403, "Forbidden");
        assertThat(status("c").seq("reservedFor").isEmpty()).isTrue();
    }

    /// Nobody else would take its devices back.
    @Test
    void aPodThatHasGoneIsLeftToTheController() {
        refused(404, "NotFound");
        assertThat(status("c").seq("reservedFor").size()).isEqualTo(1);
    }
}
