package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.testkit.FakeApi;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A claim that somebody wrote `volumeName` and the phase `Bound` into.
class SomebodyElsesVolumeTest {
    private static final Struct CLAIM = Struct.of("namespace", "ns", "name", "c", "uid", "u-c");
    @TempDir
    private Path directory;
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private Volumes volumes;

    private static final String FAILED = "Unable to attach or mount volumes: unmounted volumes=[v], unattached"
            + " volumes=[], failed to process volumes=[v]: error processing PVC ns/c: ";

    @BeforeEach
    void begin() {
        volumes = new Volumes(directory.resolve("pods"), new ReferencedObjects(api), (_, _, _) -> Map.of(),
                new Mounts(), new HostPrograms(), InstantSource.system(),
                new VolumeStats(InstantSource.system(), InstantSource.system()), (pod, reason, message) -> {
                });
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("metadata", CLAIM, "spec",
                Struct.of("volumeName", "pv"), "status", Struct.of("phase", "Bound"))));
    }

    private Map<String, Path> prepared(Struct spec) {
        api.seed(ReferencedObjects.VOLUMES, Obj.of(Struct.of("metadata", Struct.of("name", "pv"), "spec",
                spec.with("hostPath", Struct.of("path", directory.toString())))));
        return volumes.prepare(Obj.of(Struct.of("metadata",
                Struct.of("uid", "u", "name", "p", "namespace", "ns"), "spec",
                Struct.of("volumes", Seq.of(Struct.of("name", "v", "persistentVolumeClaim",
                        Struct.of("claimName", "c"))), "nodeName", "n", "containers",
                        Seq.of(Struct.of("name", "a", "volumeMounts", Seq.of(Struct.of("name", "v"))))))),
                List.of());
    }

    @Test
    void isNotMounted() {
        assertThatThrownBy(() -> prepared(Struct.of("claimRef", CLAIM.with("uid", "u-other"))))
                .isInstanceOf(ConfigError.class)
                .hasMessage(FAILED + "found PV object pv but its"
                        + " pv.Spec.ClaimRef.UID u-other does not point to claim.UID u-c");
        assertThatThrownBy(() -> prepared(Struct.EMPTY)).isInstanceOf(ConfigError.class)
                .hasMessage(FAILED + "found PV object pv but it has a nil"
                        + " pv.Spec.ClaimRef indicating it is not yet bound to the claim");
    }

    /// As one that is kept for a claim of that name by hand.
    @Test
    void isNotMountedBeforeItSaysWhichClaimItIsBoundTo() {
        assertThatThrownBy(() -> prepared(Struct.of("claimRef", CLAIM.without("uid"))))
                .hasMessageEndingWith("its pv.Spec.ClaimRef.UID  does not point to claim.UID u-c");
        assertThat(prepared(Struct.of("claimRef", CLAIM))).containsEntry("v", directory);
    }

    private void claimed(Struct metadata, Struct spec, String phase) {
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("metadata", metadata, "spec", spec, "status",
                Struct.of("phase", phase))));
    }

    @Test
    void isNotMountedForAClaimThatHasNoneOrIsGoing() {
        Struct named = Struct.of("volumeName", "pv");
        Struct owned = Struct.of("claimRef", CLAIM);
        claimed(CLAIM, named, "Pending");
        assertThatThrownBy(() -> prepared(owned)).hasMessage(FAILED + "PVC is not bound");
        claimed(CLAIM, Struct.EMPTY, "Bound");
        assertThatThrownBy(() -> prepared(owned)).hasMessage(FAILED + "PVC has empty pvc.Spec.VolumeName");
        Struct going = CLAIM.with("deletionTimestamp", "2026-01-01T12:00:00Z");
        claimed(going.with("finalizers", Seq.of("example.com/other")), named, "Bound");
        assertThatThrownBy(() -> prepared(owned)).hasMessage(FAILED + "PVC is being deleted");
        claimed(going.with("finalizers", Seq.of("kubernetes.io/pvc-protection")), named, "Bound");
        assertThat(prepared(owned)).containsEntry("v", directory);
    }

    private static Struct on(String node) {
        Struct expression = Struct.of("key", "kubernetes.io/hostname", "operator", "In", "values", Seq.of(node));
        return Struct.of("claimRef", CLAIM, "nodeAffinity", Struct.of("required", Struct.of("nodeSelectorTerms",
                Seq.of(Struct.of("matchExpressions", Seq.of(expression))))));
    }

    /// Its pod names its node, past the scheduler: the directory of that name there has none of the data.
    @Test
    void isNotMountedOnAnotherNode() {
        api.seed(ReferencedObjects.NODES, Obj.of(Struct.of("metadata", Struct.of("name", "n", "labels",
                Struct.of("kubernetes.io/hostname", "n")))));
        assertThatThrownBy(() -> prepared(on("other"))).isInstanceOf(ConfigError.class).hasMessage(
                "MountVolume.NodeAffinity check failed for volume \"pv\" : no matching NodeSelectorTerms");
        assertThat(prepared(on("n"))).containsEntry("v", directory);
    }

    @Test
    void isNotMountedWithOptionsThatItsKindDoesNotTake() {
        assertThatThrownBy(() -> prepared(Struct.of("claimRef", CLAIM, "mountOptions", Seq.of("ro")))).hasMessage(
                "MountVolume.MountOptionSupport check failed for volume \"pv\" : mount options are not supported for"
                        + " this volume type");
    }
}
