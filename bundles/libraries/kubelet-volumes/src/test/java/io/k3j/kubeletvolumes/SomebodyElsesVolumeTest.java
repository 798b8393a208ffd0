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
                        Struct.of("claimName", "c"))), "containers", Seq.of(Struct.of("name", "a"))))),
                List.of());
    }

    @Test
    void isNotMounted() {
        assertThatThrownBy(() -> prepared(Struct.of("claimRef", CLAIM.with("uid", "u-other"))))
                .isInstanceOf(ConfigError.class)
                .hasMessage("MountVolume.SetUp failed for volume \"v\" : found PV object pv but its"
                        + " pv.Spec.ClaimRef.UID u-other does not point to claim.UID u-c");
        assertThatThrownBy(() -> prepared(Struct.EMPTY)).isInstanceOf(ConfigError.class)
                .hasMessage("MountVolume.SetUp failed for volume \"v\" : found PV object pv but it has a nil"
                        + " pv.Spec.ClaimRef indicating it is not yet bound to the claim");
    }

    /// As one that is kept for a claim of that name by hand.
    @Test
    void isNotMountedBeforeItSaysWhichClaimItIsBoundTo() {
        assertThatThrownBy(() -> prepared(Struct.of("claimRef", CLAIM.without("uid"))))
                .hasMessageEndingWith("its pv.Spec.ClaimRef.UID  does not point to claim.UID u-c");
        assertThat(prepared(Struct.of("claimRef", CLAIM))).containsEntry("v", directory);
    }
}
