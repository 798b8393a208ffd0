package io.k3j.volumecontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;

class VolumesTest {
    private static final Key DATA = new Key("default", "data");
    private final Stage stage = new Stage(d -> {
        VolumeBinder.add(d);
        StorageProtection.add(d);
    });

    private void volume(String name, String size) {
        stage.api.create(
                BuiltinResources.PERSISTENT_VOLUMES, Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolume",
                        "metadata", Struct.of("name", name), "spec", Struct.of("capacity", Struct.of("storage", size),
                                "accessModes", Seq.of("ReadWriteOnce", "ReadOnlyMany")))),
                WriteOptions.PLAIN);
    }

    private void claim(String type) {
        Struct spec = Struct.of("accessModes", Seq.of("ReadWriteOnce"), "resources",
                Struct.of("requests", Struct.of("storage", "2Gi")));
        stage.api.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                Stage.workload("v1", "PersistentVolumeClaim", "data",
                        type.isEmpty() ? spec : spec.with("storageClassName", type)),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private void storageClass(String name, String preset) {
        stage.api.create(BuiltinResources.STORAGE_CLASSES, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind",
                "StorageClass", "metadata", Struct.of("name", name, "annotations",
                        Struct.of("storageclass.kubernetes.io/is-default-class", preset)),
                "provisioner", "example.com/p",
                "volumeBindingMode", "Immediate")), WriteOptions.PLAIN);
        stage.settle();
    }

    @Test
    void aClaimThatIsOlderThanItsClassIsProvisionedAllTheSame() {
        claim("fast");
        assertThat(claim().annotations()).doesNotContainKey("volume.kubernetes.io/storage-provisioner");
        storageClass("fast", "false");
        assertThat(claim().annotations()).containsEntry("volume.kubernetes.io/storage-provisioner", "example.com/p");
    }

    @Test
    void aClaimWithoutAClassGetsTheDefaultOneWhenThereIsOne() {
        claim("");
        storageClass("slow", "false");
        assertThat(claim().spec().has("storageClassName")).isFalse();
        storageClass("fast", "true");
        assertThat(claim().spec().text("storageClassName")).isEqualTo("fast");
        assertThat(claim().annotations()).containsEntry("volume.kubernetes.io/storage-provisioner", "example.com/p");
    }

    private String phase(String volume) {
        return stage.one(BuiltinResources.PERSISTENT_VOLUMES, volume).status().text("phase");
    }

    private Obj claim() {
        return stage.api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, DATA);
    }

    @Test
    void bindsAClaimToTheSmallestVolumeThatFits() {
        volume("small", "1Gi");
        volume("large", "9Gi");
        volume("right", "3Gi");
        claim("");
        assertThat(claim().spec().text("volumeName")).isEqualTo("right");
        assertThat(claim().status().text("phase")).isEqualTo("Bound");
        assertThat(claim().status().struct("capacity").text("storage")).isEqualTo("3Gi");
        assertThat(phase("right")).isEqualTo("Bound");
        assertThat(stage.one(BuiltinResources.PERSISTENT_VOLUMES, "right").status().text("lastPhaseTransitionTime"))
                .isEqualTo("2026-01-01T12:00:00Z");
        assertThat(phase("small")).isEqualTo("Available");
    }

    @Test
    void bindsAsSoonAsAVolumeAppearsAndReleasesItAfterTheClaim() {
        claim("");
        assertThat(claim().status().text("phase")).isEqualTo("Pending");
        assertThat(stage.events()).contains(
                "FailedBinding: no persistent volumes available for this claim and no storage class is set");
        volume("late", "5Gi");
        stage.settle();
        assertThat(claim().status().text("phase")).isEqualTo("Bound");
        stage.api.delete(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, DATA, DeleteOptions.PLAIN);
        stage.settle();
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).isEmpty();
        assertThat(phase("late")).isEqualTo("Released");
    }

    /// An external resizer makes the volume larger first; the kubelet grows the file system as long as the claim does
    /// not say that it has that size.
    @Test
    void aBoundClaimKeepsItsSizeWhileItsVolumeGrows() {
        volume("v", "2Gi");
        claim("");
        Obj volume = stage.one(BuiltinResources.PERSISTENT_VOLUMES, "v");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume.with("5Gi", "spec", "capacity", "storage"));
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                claim().with("5Gi", "spec", "resources", "requests", "storage"));
        stage.settle();
        assertThat(claim().status().struct("capacity").text("storage")).isEqualTo("2Gi");
    }

    @Test
    void bindsAClaimToAVolumeOfItsAttributesClass() {
        volume("plain", "2Gi");
        volume("fast", "3Gi");
        Obj volume = stage.one(BuiltinResources.PERSISTENT_VOLUMES, "fast");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES,
                volume.with("gold", "spec", "volumeAttributesClassName"));
        Struct spec = Struct.of("accessModes", Seq.of("ReadWriteOnce"), "resources",
                Struct.of("requests", Struct.of("storage", "2Gi")), "volumeAttributesClassName", "gold");
        stage.api.create(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                Stage.workload("v1", "PersistentVolumeClaim", "data", spec), WriteOptions.PLAIN);
        stage.settle();
        assertThat(claim().spec().text("volumeName")).isEqualTo("fast");
        assertThat(claim().status().text("currentVolumeAttributesClassName")).isEqualTo("gold");
    }

    @Test
    void keepsAnAttributesClassInUse() {
        stage.api.create(BuiltinResources.VOLUME_ATTRIBUTES_CLASSES, Obj.of(Struct.of("apiVersion",
                "storage.k8s.io/v1", "kind", "VolumeAttributesClass", "metadata", Struct.of("name", "gold"),
                "driverName", "csi.example.com", "parameters", Struct.of("iops", "9"))), WriteOptions.PLAIN);
        volume("fast", "3Gi");
        Obj volume = stage.one(BuiltinResources.PERSISTENT_VOLUMES, "fast");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES,
                volume.with("gold", "spec", "volumeAttributesClassName"));
        stage.settle();
        stage.api.delete(BuiltinResources.VOLUME_ATTRIBUTES_CLASSES, Key.of("gold"), DeleteOptions.PLAIN);
        stage.settle();
        assertThat(stage.one(BuiltinResources.VOLUME_ATTRIBUTES_CLASSES, "gold").terminating()).isTrue();
        stage.api.vanish(BuiltinResources.PERSISTENT_VOLUMES, Key.of("fast"));
        stage.settle();
        assertThat(stage.all(BuiltinResources.VOLUME_ATTRIBUTES_CLASSES)).isEmpty();
    }

    @Test
    void waitsForTheFirstConsumerAndSetsTheProvisioner() {
        stage.api.seed(BuiltinResources.STORAGE_CLASSES,
                Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass",
                        "metadata", Struct.of("name", "local-path"), "provisioner", "rancher.io/local-path",
                        "volumeBindingMode",
                        "WaitForFirstConsumer")));
        claim("local-path");
        assertThat(stage.events())
                .contains("WaitForFirstConsumer: waiting for first consumer to be created before binding");
        stage.api.update(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim().with("n1", "metadata", "annotations",
                "volume.kubernetes.io/selected-node"), WriteOptions.PLAIN);
        stage.settle();
        assertThat(claim().annotations()).containsEntry("volume.kubernetes.io/storage-provisioner",
                "rancher.io/local-path");
    }

    @Test
    void leavesTheVolumeChoiceToTheScheduler() {
        stage.api.seed(BuiltinResources.STORAGE_CLASSES, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind",
                "StorageClass", "metadata", Struct.of("name", "late"), "provisioner", "example.com/p",
                "volumeBindingMode", "WaitForFirstConsumer")));
        volume("free", "5Gi");
        Obj volume = stage.one(BuiltinResources.PERSISTENT_VOLUMES, "free");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume.with("late", "spec", "storageClassName"));
        claim("late");
        stage.api.update(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim().with("n1", "metadata", "annotations",
                "volume.kubernetes.io/selected-node"), WriteOptions.PLAIN);
        stage.settle();
        assertThat(claim().spec().text("volumeName")).isEmpty();
        volume = stage.one(BuiltinResources.PERSISTENT_VOLUMES, "free");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES,
                volume.with(Struct.of("namespace", "default", "name", "data",
                        "uid", claim().uid()), "spec", "claimRef"));
        stage.settle();
        assertThat(claim().spec().text("volumeName")).isEqualTo("free");
    }

    /// Lets the controllers work while the views show no more than they do now.
    private void workBlindly() {
        while (stage.desk.step()) {
            assertThat(stage.api.calls()).hasSizeLessThan(1_000);
        }
    }

    @Test
    void releasesNoVolumeOfAClaimThatTheViewDoesNotShowYet() {
        volume("v", "5Gi");
        Obj volume = stage.one(BuiltinResources.PERSISTENT_VOLUMES, "v");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUMES, volume.with(Struct.of("namespace", "default", "name",
                "data", "uid", "u"), "spec", "claimRef").with("Bound", "status", "phase"));
        stage.api.deliver();
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Stage.workload("v1", "PersistentVolumeClaim",
                "data", Struct.of("volumeName", "v")).tree().withAt("u", "metadata", "uid")));
        workBlindly();
        assertThat(phase("v")).isEqualTo("Bound");
    }

    private static Obj user() {
        return unscheduled().with("n1", "spec", "nodeName");
    }

    private static Obj unscheduled() {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default"), "spec", Struct.of("volumes", Seq.of(Struct.of("name",
                        "d", "persistentVolumeClaim", Struct.of("claimName", "data"))))));
    }

    /// The scheduler gives such a pod no node any more.
    @Test
    void letsAClaimGoThatOnlyAnUnscheduledPodNames() {
        volume("v", "5Gi");
        claim("");
        stage.api.create(BuiltinResources.PODS, unscheduled(), WriteOptions.PLAIN);
        stage.settle();
        stage.api.delete(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, DATA, DeleteOptions.PLAIN);
        stage.settle();
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).isEmpty();
    }

    @Test
    void keepsAClaimOfAPodThatTheViewDoesNotShowYet() {
        volume("v", "5Gi");
        claim("");
        stage.api.delete(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, DATA, DeleteOptions.PLAIN);
        stage.api.deliver();
        stage.api.create(BuiltinResources.PODS, user(), WriteOptions.PLAIN);
        workBlindly();
        assertThat(claim().finalizers()).contains("kubernetes.io/pvc-protection");
    }

    /// Its volumes may still be mounted, and their data wanted.
    @Test
    void keepsAClaimOfAPodThatHasEnded() {
        volume("v", "5Gi");
        claim("");
        stage.api.seed(BuiltinResources.PODS, user().with("Succeeded", "status", "phase"));
        stage.api.delete(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, DATA, DeleteOptions.PLAIN);
        stage.settle();
        assertThat(claim().terminating()).isTrue();
        stage.api.vanish(BuiltinResources.PODS, new Key("default", "p"));
        stage.settle();
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).isEmpty();
    }

    /// A finalizer of the pod may wait for its claim, which goes with it.
    @Test
    void letsTheClaimGoThatAPodMadeWithWhichItsKubeletIsDone() {
        volume("v", "5Gi");
        claim("");
        Struct volumes = Struct.of("nodeName", "n1", "volumes",
                Seq.of(Struct.of("name", "x", "ephemeral", Struct.EMPTY)));
        Obj pod = Stage.workload("v1", "Pod", "p", volumes).with("u-p", "metadata", "uid");
        stage.api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Stage.workload("v1", "PersistentVolumeClaim", "p-x",
                Struct.EMPTY).with(Seq.of(pod.ownerReference()), "metadata", "ownerReferences"));
        stage.api.seed(BuiltinResources.PODS, pod);
        stage.settle();
        stage.api.delete(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, new Key("default", "p-x"), DeleteOptions.PLAIN);
        stage.settle();
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).hasSize(2);
        stage.api.seed(BuiltinResources.PODS, stage.one(BuiltinResources.PODS, "p")
                .with("2026-01-01T12:00:00Z", "metadata", "deletionTimestamp")
                .with(0, "metadata", "deletionGracePeriodSeconds").with(Seq.of("example.com/wait"), "metadata",
                        "finalizers"));
        stage.settle();
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).hasSize(1);
    }

    @Test
    void keepsAClaimInUse() {
        volume("v", "5Gi");
        claim("");
        stage.api.create(BuiltinResources.PODS, user(), WriteOptions.PLAIN);
        stage.api.delete(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, DATA, DeleteOptions.PLAIN);
        stage.settle();
        assertThat(claim().terminating()).isTrue();
        stage.api.vanish(BuiltinResources.PODS, new Key("default", "p"));
        stage.settle();
        assertThat(stage.all(BuiltinResources.PERSISTENT_VOLUME_CLAIMS)).isEmpty();
    }
}
