package io.k3j.scheduler;

import static io.k3j.scheduler.SchedulerBed.cpu;
import static io.k3j.scheduler.SchedulerBed.key;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.UnboundClaim;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The place of a pod whose volume is being made.
class KeptRoomTest {
    private final SchedulerBed bed = new SchedulerBed();

    @BeforeEach
    void provideVolumes() {
        bed.api.seed(BuiltinResources.STORAGE_CLASSES,
                Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass", "metadata",
                        Struct.of("name", "local"), "provisioner", "rancher.io/local-path", "volumeBindingMode",
                        "WaitForFirstConsumer")));
    }

    private Struct claiming(String claim) {
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata", Struct.of("name", claim, "namespace", "default"), "spec",
                Struct.of("storageClassName", "local", "accessModes", Seq.of("ReadWriteOnce"), "resources",
                        Struct.of("requests", Struct.of("storage", "1Gi"))),
                "status", Struct.of("phase", "Pending"))));
        return cpu("1").with("volumes",
                Seq.of(Struct.of("name", "d", "persistentVolumeClaim", Struct.of("claimName", claim))));
    }

    private String selected(String claim) {
        return bed.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, key(claim)).annotations()
                .getOrDefault(UnboundClaim.SELECTED_NODE, "");
    }

    private void fulfil(String claim, String volume) {
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUMES, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolume", "metadata", Struct.of("name", volume))));
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                bed.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, key(claim)).with(volume, "spec", "volumeName")
                        .with("Bound", "status", "phase"));
    }

    /// As who makes volumes does where it cannot.
    private void giveBack(String claim) {
        bed.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                bed.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, key(claim)).without("metadata", "annotations",
                        UnboundClaim.SELECTED_NODE));
    }

    @Test
    void aPodWhoseVolumeCannotBeMadeOnItsNodeIsGivenTheOneThatIsBest() {
        bed.node("n1", "4");
        bed.node("n2", "4");
        bed.pod("z", claiming("d"));
        bed.settle();
        String first = selected("d");
        assertThat(bed.nominated("z")).isEqualTo(first);
        bed.bound("r", first, cpu("2"));
        bed.settle();
        giveBack("d");
        bed.settle();
        assertThat(bed.nominated("z")).isEmpty();
        assertThat(selected("d")).as("until the back-off is over").isEmpty();
        assertThat(bed.said()).contains("FailedScheduling: running PreBind plugin \"VolumeBinding\": binding volumes:"
                + " provisioning failed for PVC \"d\"");
        bed.later();
        assertThat(selected("d")).isNotEmpty().isNotEqualTo(first);
        assertThat(bed.nominated("z")).isEqualTo(selected("d"));
    }

    @Test
    void theRoomOfAPodWhoseVolumeCannotBeMadeIsAnothersMeanwhile() {
        bed.node("n1", "1");
        bed.pod("z", claiming("d"));
        bed.settle();
        bed.pod("b", cpu("1"));
        bed.settle();
        assertThat(bed.node("b")).isEmpty();
        giveBack("d");
        bed.settle();
        bed.later();
        assertThat(bed.node("b")).isEqualTo("n1");
    }

    @Test
    void siblingsThatKeepTheirDistanceGetVolumesOnDifferentNodes() {
        bed.node("n1", "4");
        bed.node("n2", "4");
        Struct anti = Struct.of("podAntiAffinity", Struct.of("requiredDuringSchedulingIgnoredDuringExecution",
                Seq.of(Struct.of("topologyKey", "kubernetes.io/hostname", "labelSelector",
                        Struct.of("matchLabels", Struct.of("app", "s"))))));
        bed.pod("s0", claiming("d0").with("affinity", anti));
        bed.pod("s1", claiming("d1").with("affinity", anti));
        bed.settle();
        assertThat(selected("d0")).isNotEmpty();
        assertThat(selected("d1")).isNotEmpty().isNotEqualTo(selected("d0"));
        fulfil("d0", "v0");
        fulfil("d1", "v1");
        bed.settle();
        assertThat(bed.node("s0")).isEqualTo(selected("d0"));
        assertThat(bed.node("s1")).isEqualTo(selected("d1"));
    }

    @Test
    void theNextLeaderKeepsTheRoom() {
        bed.node("n1", "1");
        bed.pod("z", claiming("d"));
        bed.settle();
        assertThat(selected("d")).isEqualTo("n1");
        SchedulerBed next = bed.successor();
        bed.pod("b", cpu("1"));
        next.settle();
        assertThat(next.node("b")).isEmpty();
        fulfil("d", "v");
        next.settle();
        next.later();
        assertThat(next.node("z")).isEqualTo("n1");
    }

    @Test
    void aPodThatIsDeletedDuringItsAttemptKeepsNoRoom() {
        bed.node("n1", "1");
        bed.node("n2", "1");
        bed.pod("z", claiming("d"));
        bed.during("dice", () -> {
            bed.api.vanish(BuiltinResources.PODS, key("z"));
            bed.api.deliver();
        });
        bed.settle();
        bed.pod("a", cpu("1"));
        bed.pod("b", cpu("1"));
        bed.settle();
        assertThat(bed.node("a")).isNotEmpty();
        assertThat(bed.node("b")).isNotEmpty();
    }

    @Test
    void aPodThatOnlyWaitsForItsVolumeGivesUpItsPlaceToAHigherOneAndStays() {
        bed.node("n1", "1");
        bed.pod("z", claiming("d"));
        bed.settle();
        assertThat(bed.nominated("z")).isEqualTo("n1");
        bed.pod("high", cpu("1", 1_000));
        bed.settle();
        bed.later();
        assertThat(bed.node("high")).isEqualTo("n1");
        assertThat(bed.get("z").terminating()).isFalse();
        assertThat(bed.nominated("z")).isEmpty();
        assertThat(bed.said()).noneMatch(s -> s.startsWith("Preempted"));
    }
}
