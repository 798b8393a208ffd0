package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class DeviceSchedulingTest extends DeviceScene {
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

    /// Two devices, or else one.
    private void twoOrOne(String name) {
        seed(BuiltinResources.RESOURCE_CLAIMS, "ResourceClaim", name, Struct.of("devices", Struct.of("requests",
                Seq.of(Struct.of("name", "r", "firstAvailable", Seq.of(
                        Struct.of("name", "two", "deviceClassName", "gpu", "count", 2L),
                        Struct.of("name", "one", "deviceClassName", "gpu", "count", 1L)))))));
    }

    @Test
    void aPodGoesWhereWhatItWantsMostIs() {
        devices("a", 1);
        devices("b", 2);
        twoOrOne("c");
        pod("p", "c");
        assertThat(bed.node("p")).isEqualTo("b");
        twoOrOne("d");
        pod("q", "d");
        assertThat(bed.node("q")).isEqualTo("a");
    }

    /// The other way round, since nodes that are worth the same are taken by chance.
    @Test
    void theNodeWithLessIsNotTaken() {
        devices("a", 2);
        devices("b", 1);
        twoOrOne("c");
        pod("p", "c");
        assertThat(bed.node("p")).isEqualTo("a");
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
    void aPodIsNotedWhenItsNodeGetsTheLabelThatItsDevicesAskFor() {
        Struct selector = Struct.of("nodeSelectorTerms", Seq.of(Struct.of("matchExpressions",
                Seq.of(Struct.of("key", "rack", "operator", "In", "values", Seq.of("r1"))))));
        seed(BuiltinResources.RESOURCE_SLICES, "ResourceSlice", "rack-gpu", Struct.of("driver", "gpu.example.com",
                "nodeSelector", selector, "pool", Struct.of("name", "rack", "generation", 1L, "resourceSliceCount", 1L),
                "devices", Seq.of(Struct.of("name", "d0"))));
        claim("c");
        pod("p", "c");
        assertThat(bed.node("p")).isEmpty();
        Obj node = bed.api.get(BuiltinResources.NODES, Key.of("b"));
        bed.api.seed(BuiltinResources.NODES, node.with("r1", "metadata", "labels", "rack"));
        bed.settle();
        bed.later();
        assertThat(bed.node("p")).isEqualTo("b");
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
