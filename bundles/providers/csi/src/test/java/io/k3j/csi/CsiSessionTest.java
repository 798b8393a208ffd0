package io.k3j.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import io.k3j.volumeapi.MountedVolume;
import io.k3j.volumeapi.VolumeRequest;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Volumes from the kubelet's question to the driver's socket and back.
class CsiSessionTest extends CsiScene {
    private static final Struct FREE = Struct.of("attachRequired", false);

    @Test
    void aVolumeIsStagedOnceAndTakenBackWithTheLastPod() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        Struct source = volume(csi("fsType", "ext4", "volumeAttributes", Struct.of("a", "b")))
                .with("mountOptions", Seq.of("noatime", "ro"));
        MountedVolume first = session.mount(persistent("u1", source));
        assertThat(first.path()).isEqualTo(published("u1", "pv")).isDirectory();
        session.mount(persistent("u2", source));
        session.mount(persistent("u1", source));
        assertThat(driver.changes()).containsExactly("NodeStageVolume", "NodePublishVolume", "NodePublishVolume");
        Struct stage = driver.requests("NodeStageVolume").getFirst();
        assertThat(stage.text("staging_target_path")).isEqualTo(staged().resolve("globalmount").toString());
        assertThat(stage.struct("volume_context")).isEqualTo(Struct.of("a", "b"));
        assertThat(stage.struct("volume_capability")).isEqualTo(Struct.of("access_mode", Struct.of("mode", 1), "mount",
                Struct.of("fs_type", "ext4", "mount_flags", Seq.of("noatime", "ro"))));
        assertThat(Files.readString(published("u1", "pv").resolveSibling("vol_data.json")))
                .contains("\"driverName\":\"d.example.com\"", "\"volumeHandle\":\"h\"", "\"specVolID\":\"pv\"",
                        "\"volumeLifecycleMode\":\"Persistent\"");
        session.release("u1");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume");
        assertThat(published("u1", "pv").getParent()).doesNotExist();
        session.release("u2");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume", "NodeUnstageVolume");
        assertThat(staged()).doesNotExist();
    }

    @Test
    void theNextKubeletTakesBackWhatTheLastOneMounted() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.mount(persistent("u", volume(csi())));
        session.close();
        assertThat(driver.changes()).doesNotContain("NodeUnpublishVolume");
        session = opened();
        registered(2);
        session.prune();
        session.release("u");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume", "NodeUnstageVolume");
    }

    /// As after a crash between the last pod's end and the volume's.
    @Test
    void whatNoPodUsesIsUnstagedByTheNextLook() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.mount(persistent("u", volume(csi())));
        session.prune();
        assertThat(driver.changes()).doesNotContain("NodeUnstageVolume");
        Files.delete(published("u", "pv"));
        Files.delete(published("u", "pv").resolveSibling("vol_data.json"));
        session.prune();
        assertThat(driver.changes()).endsWith("NodeUnstageVolume");
    }

    @Test
    void aVolumeIsUsedWhenItIsAttachedAndToldToBeInUse() throws Exception {
        start();
        VolumeRequest wanted = persistent("u", volume(csi("volumeAttributes", Struct.EMPTY)));
        attach(Struct.of("attached", false, "attachError", Struct.of("message", "no such disk")));
        assertThatThrownBy(() -> session.mount(wanted)).isInstanceOf(IOException.class)
                .hasMessageContaining("no such disk");
        assertThat(node().status().seq("volumesInUse").texts()).containsExactly(UNIQUE);
        assertThat(driver.changes()).isEmpty();
        attach(Struct.of("attached", true, "attachmentMetadata", Struct.of("device", "/dev/x")));
        later();
        session.mount(wanted);
        assertThat(driver.requests("NodePublishVolume").getFirst().struct("publish_context"))
                .isEqualTo(Struct.of("device", "/dev/x"));
        session.release("u");
        assertThat(node().status().seq("volumesInUse")).isEqualTo(Seq.EMPTY);
    }

    @Test
    void aPodsOwnVolumeIsNeitherAttachedNorStaged() throws Exception {
        csiDriver(Struct.of("volumeLifecycleModes", Seq.of("Ephemeral"), "podInfoOnMount", true));
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        Struct source = Struct.of("name", "v", "csi", Struct.of("driver", DRIVER, "readOnly", true));
        session.mount(new VolumeRequest(pod("u", Struct.of("serviceAccountName", "robot")), "v", source, "",
                Optional.empty(), true));
        assertThat(driver.changes()).containsExactly("NodePublishVolume");
        Struct request = driver.requests("NodePublishVolume").getFirst();
        assertThat(request.text("volume_id")).isEqualTo("csi-" + CsiPaths.sha256("uv"));
        assertThat(request.flag("readonly")).isTrue();
        assertThat(request.struct("volume_context").texts()).containsEntry("csi.storage.k8s.io/ephemeral", "true")
                .containsEntry("csi.storage.k8s.io/pod.name", "p").containsEntry("csi.storage.k8s.io/pod.uid", "u")
                .containsEntry("csi.storage.k8s.io/pod.namespace", "default")
                .containsEntry("csi.storage.k8s.io/serviceAccount.name", "robot");
        session.release("u");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume");
    }

    @Test
    void aDriverIsNotGivenVolumesOfAModeThatItDoesNotHave() throws Exception {
        start();
        Struct source = Struct.of("name", "v", "csi", Struct.of("driver", DRIVER));
        assertThatThrownBy(() -> session.mount(new VolumeRequest(pod("u", Struct.EMPTY), "v", source, "",
                Optional.empty(), false))).hasMessageContaining("volume mode \"Ephemeral\" not supported by driver");
    }

    @Test
    void secretsAndTokensGoToTheDriver() throws Exception {
        csiDriver(FREE.with("tokenRequests", Seq.of(Struct.of("audience", "vault"))));
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        secret("stage", "one");
        secret("publish", "two");
        api.seed(ReferencedObjects.SERVICE_ACCOUNTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ServiceAccount",
                "metadata", Struct.of("namespace", "default", "name", "default"))));
        session.mount(persistent("u", volume(csi("nodeStageSecretRef", reference("stage"), "nodePublishSecretRef",
                reference("publish")))));
        assertThat(driver.requests("NodeStageVolume").getFirst().struct("secrets"))
                .isEqualTo(Struct.of("key", "one"));
        Struct publish = driver.requests("NodePublishVolume").getFirst();
        assertThat(publish.struct("secrets")).isEqualTo(Struct.of("key", "two"));
        assertThat(publish.struct("volume_context").text("csi.storage.k8s.io/serviceAccount.tokens"))
                .startsWith("{\"vault\":{\"token\":\"token of ");
        assertThatThrownBy(() -> session.mount(persistent("u2", volume(csi("nodePublishSecretRef",
                reference("absent")))))).hasMessage(
                        "fetching NodePublishSecretRef default/absent failed: secrets \"absent\" not found");
    }

    private static Struct reference(String name) {
        return Struct.of("namespace", "default", "name", name);
    }

    private void secret(String name, String value) {
        api.seed(ReferencedObjects.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                reference(name), "data",
                Struct.of("key", Base64.getEncoder().encodeToString(value.getBytes(
                        StandardCharsets.UTF_8))))));
    }

    @Test
    void aDriverThatWantsSoPublishesAgainAtEachLook() throws Exception {
        csiDriver(FREE.with("requiresRepublish", true));
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        assertThat(session.mount(persistent("u", volume(csi()))).fresh()).isTrue();
        assertThat(session.mount(persistent("u", volume(csi()))).fresh()).isFalse();
        assertThat(driver.changes()).containsExactly("NodeStageVolume", "NodePublishVolume", "NodePublishVolume");
    }

    /// Each volume of each pod of each node is looked at every minute.
    @Test
    void aVolumeThatIsThereCostsNoReadOfItsCsiDriver() throws Exception {
        csiDriver(FREE);
        start();
        session.mount(persistent("u", volume(csi())));
        Waiting.until("the CSIDriver is seen without being asked for", () -> {
            api.deliver();
            api.refuse("get", DRIVERS, ApiFault.unavailable("too many"));
            try {
                return !session.mount(persistent("u", volume(csi()))).fresh();
            } catch (IOException e) {
                later();
                return false;
            }
        });
    }

    @Test
    void usageIsWhatTheDriverSays() throws Exception {
        csiDriver(FREE);
        start(DriverClient.GET_VOLUME_STATS);
        driver.answer("NodeGetVolumeStats", Struct.of("usage", Seq.of(
                Struct.of("available", 1, "total", 3, "used", 2, "unit", 1),
                Struct.of("available", 10, "total", 30, "used", 20, "unit", 2))));
        Path path = session.mount(persistent("u", volume(csi()))).path();
        assertThat(session.usage(path)).contains(new VolumeUsage(1, 3, 2, 30, 10, 20));
        driver.answer("NodeGetCapabilities", Struct.EMPTY);
        assertThat(session.usage(path)).isEmpty();
    }

    @Test
    void aDeviceIsPublishedForEachPod() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        Struct source = volume(csi()).with("volumeMode", "Block");
        Path devices = root.resolve("plugins/kubernetes.io/csi/volumeDevices");
        assertThat(session.map(persistent("u1", source))).isEqualTo(devices.resolve("publish/pv/u1")).exists();
        session.map(persistent("u2", source));
        assertThat(driver.requests("NodePublishVolume").getFirst().struct("volume_capability").has("block")).isTrue();
        assertThat(driver.requests("NodeStageVolume").getFirst().text("staging_target_path"))
                .isEqualTo(devices.resolve("staging/pv").toString());
        session.release("u1");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume");
        session.close();
        session = opened();
        Files.createDirectories(root.resolve("pods"));
        Waiting.until("a device whose pod has no directory is taken back", () -> {
            session.prune();
            return driver.changes().getLast().equals("NodeUnstageVolume");
        });
        assertThat(devices.resolve("pv")).doesNotExist();
        assertThat(devices.resolve("staging/pv")).doesNotExist();
    }

    @Test
    void aVolumeOfOnePodIsNoOthers() throws Exception {
        csiDriver(FREE);
        start();
        Struct source = volume(csi()).with("accessModes", Seq.of("ReadWriteOncePod"));
        session.mount(persistent("u1", source));
        assertThatThrownBy(() -> session.mount(persistent("u2", source))).hasMessage(
                "volume uses the ReadWriteOncePod access mode and is already in use by another pod");
        session.release("u1");
        later();
        assertThat(session.mount(persistent("u2", source)).path()).isDirectory();
    }
}
