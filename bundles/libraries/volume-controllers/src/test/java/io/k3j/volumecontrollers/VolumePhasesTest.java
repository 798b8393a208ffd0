package io.k3j.volumecontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What becomes of volumes whose claims have gone or have got another volume, and what claims are told that have none.
class VolumePhasesTest {
    private static final String BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";
    private final Stage stage = new Stage(VolumeBinder::add);

    private void volume(String name, Struct annotations, Struct more) {
        Struct.Builder spec = Struct.builder().put("capacity", Struct.of("storage", "5Gi")).put("accessModes",
                Seq.of("ReadWriteOnce"));
        more.forEach(spec::put);
        stage.api.create(BuiltinResources.PERSISTENT_VOLUMES,
                Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolume", "metadata",
                        Struct.of("name", name, "annotations", annotations), "spec", spec.build())),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private Obj volume(String name) {
        return stage.one(BuiltinResources.PERSISTENT_VOLUMES, name);
    }

    private Obj claim(Struct more) {
        Struct.Builder spec = Struct.builder().put("accessModes", Seq.of("ReadWriteOnce")).put("resources",
                Struct.of("requests", Struct.of("storage", "2Gi")));
        more.forEach(spec::put);
        Obj made = stage.api.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                Stage.workload("v1", "PersistentVolumeClaim", "data", spec.build()), WriteOptions.PLAIN);
        stage.settle();
        return made;
    }

    private Obj claim() {
        return stage.one(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, "data");
    }

    private static Struct owner(String uid) {
        return Struct.of("namespace", "default", "name", "data", "uid", uid);
    }

    private static Struct gone(String policy, String kind, Struct source) {
        return Struct.of("claimRef", owner("gone"), "persistentVolumeReclaimPolicy", policy, kind, source);
    }

    @ParameterizedTest
    @CsvSource({"Delete,local,VolumeFailedDelete,error getting deleter volume plugin for volume \"v\": no volume"
            + " plugin matched",
            "Delete,nfs,VolumeFailedDelete,error getting deleter volume plugin for volume \"v\": no deletable volume"
                    + " plugin matched",
            "Delete,hostPath,VolumeFailedDelete,host_path deleter only supports /tmp/.+ but received provided /srv",
            "Recycle,local,VolumeFailedRecycle,No recycler plugin found for the volume!"})
    void aVolumeThatNobodyReclaimsHasFailed(String policy, String kind, String reason, String why) {
        volume("v", Struct.EMPTY, gone(policy, kind, Struct.of("path", "/srv")));
        Struct status = volume("v").status();
        assertThat(status.text("phase")).isEqualTo("Failed");
        assertThat(status.text("message")).isEqualTo(why);
        assertThat(stage.events()).containsExactly(reason + ": " + why);
        stage.settle();
        assertThat(volume("v").status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"Retain,local,", "Delete,csi,", "Delete,local,example.com/p", "Recycle,nfs,"})
    void aVolumeThatIsKeptOrSomebodysToReclaimIsReleased(String policy, String kind, String provisioner) {
        volume("v", provisioner == null ? Struct.EMPTY : Struct.of("pv.kubernetes.io/provisioned-by", provisioner),
                gone(policy, kind, Struct.of("path", "/srv")));
        assertThat(volume("v").status().text("phase")).isEqualTo("Released");
        assertThat(stage.events()).isEmpty();
    }

    /// As when two volumes were bound to one claim at the same time.
    @Test
    void aVolumeWhoseClaimHasAnotherIsFreeAgain() {
        volume("taken", Struct.EMPTY, Struct.EMPTY);
        String uid = claim(Struct.EMPTY).uid();
        volume("ours", Struct.of(BY_CONTROLLER, "yes"), Struct.of("claimRef", owner(uid)));
        volume("theirs", Struct.EMPTY, Struct.of("claimRef", owner(uid)));
        volume("made", Struct.of("pv.kubernetes.io/provisioned-by", "example.com/p"),
                Struct.of("claimRef", owner(uid), "persistentVolumeReclaimPolicy", "Delete"));
        stage.settle();
        assertThat(claim().spec().text("volumeName")).isEqualTo("taken");
        assertThat(volume("ours").spec().has("claimRef")).isFalse();
        assertThat(volume("ours").annotations()).doesNotContainKey(BY_CONTROLLER);
        assertThat(volume("theirs").spec().struct("claimRef")).isEqualTo(owner("").without("uid"));
        assertThat(volume("made").status().text("phase")).isEqualTo("Released");
        assertThat(volume("ours").status().text("phase")).isEqualTo("Available");
        assertThat(volume("theirs").status().text("phase")).isEqualTo("Available");
    }

    @Test
    void aVolumeAndAClaimOfOtherModesAreTold() {
        String uid = claim(Struct.EMPTY).uid();
        volume("v", Struct.EMPTY, Struct.of("claimRef", owner(uid), "volumeMode", "Block"));
        assertThat(stage.events()).contains(
                "VolumeMismatch: Cannot bind PersistentVolume to requested PersistentVolumeClaim \"data\" due to"
                        + " incompatible volumeMode.",
                "VolumeMismatch: Cannot bind PersistentVolume \"v\" to requested PersistentVolumeClaim due to"
                        + " incompatible volumeMode.");
    }

    @Test
    void aClaimGetsWhatIsClosestToItsAccessModesBeforeWhatIsSmaller() {
        volume("many", Struct.EMPTY, Struct.of("accessModes", Seq.of("ReadWriteOnce", "ReadWriteMany"), "capacity",
                Struct.of("storage", "2Gi")));
        volume("one", Struct.EMPTY, Struct.EMPTY);
        claim(Struct.EMPTY);
        assertThat(claim().spec().text("volumeName")).isEqualTo("one");
    }

    @Test
    void aLostClaimHasNoSizeAnyMore() {
        volume("v", Struct.EMPTY, Struct.EMPTY);
        claim(Struct.EMPTY);
        assertThat(claim().status().struct("capacity").text("storage")).isEqualTo("5Gi");
        stage.api.vanish(BuiltinResources.PERSISTENT_VOLUMES, Key.of("v"));
        stage.settle();
        assertThat(claim().status()).isEqualTo(Struct.of("phase", "Lost"));
    }

    /// The volume grew while its claim had gone, and its file system has not yet.
    @Test
    void aClaimHasTheSizeOfBeforeTheResize() {
        volume("v", Struct.of("volume.alpha.kubernetes.io/pre-resize-capacity", "3Gi"), Struct.EMPTY);
        claim(Struct.EMPTY);
        assertThat(claim().status().struct("capacity").text("storage")).isEqualTo("3Gi");
    }

    private void type(String provisioner, String mode) {
        stage.api.create(BuiltinResources.STORAGE_CLASSES, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind",
                "StorageClass", "metadata", Struct.of("name", "c"), "provisioner", provisioner, "volumeBindingMode",
                mode)), WriteOptions.PLAIN);
        stage.settle();
    }

    private void pod(String name) {
        stage.api.create(BuiltinResources.PODS, Stage.workload("v1", "Pod", name, Struct.of("volumes", Seq.of(Struct.of(
                "name", "v", "persistentVolumeClaim", Struct.of("claimName", "data"))))), WriteOptions.PLAIN);
        stage.settle();
    }

    @Test
    void aClaimSaysWhichPodsAreToBeScheduled() {
        type("example.com/p", "WaitForFirstConsumer");
        claim(Struct.of("storageClassName", "c"));
        pod("a");
        pod("b");
        assertThat(stage.events()).contains(
                "WaitForFirstConsumer: waiting for first consumer to be created before binding",
                "WaitForPodScheduled: waiting for pod a to be scheduled",
                "WaitForPodScheduled: waiting for pods a,b to be scheduled");
    }

    @Test
    void aClassThatMakesNoVolumesIsToldOf() {
        type("kubernetes.io/no-provisioner", "Immediate");
        claim(Struct.of("storageClassName", "c"));
        assertThat(stage.events()).contains(
                "ProvisioningFailed: no volume plugin matched name: kubernetes.io/no-provisioner");
        assertThat(claim().annotations()).doesNotContainKey("volume.kubernetes.io/storage-provisioner");
    }
}
