package io.k3j.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.volumeapi.VolumeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Drivers that do not do what they are asked for.
class CsiFailuresTest extends CsiScene {
    private static final Struct FREE = Struct.of("attachRequired", false);

    @Test
    void aVolumeThatCannotBeUnstagedStaysInUse() throws Exception {
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        attach(Struct.of("attached", true));
        session.mount(persistent("u", volume(csi())));
        driver.refuse("NodeUnstageVolume", 9, "busy");
        assertThatThrownBy(() -> session.release("u")).hasMessageContaining("busy");
        later();
        assertThatThrownBy(() -> session.release("u")).hasMessageContaining("busy");
        session.prune();
        assertThat(node().status().seq("volumesInUse").texts()).containsExactly(UNIQUE);
        driver.mend();
        later();
        session.release("u");
        assertThat(staged()).doesNotExist();
        assertThat(node().status().seq("volumesInUse")).isEqualTo(Seq.EMPTY);
    }

    @Test
    void aDeviceThatCannotBeUnstagedIsLater() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.map(persistent("u", volume(csi()).with("volumeMode", "Block")));
        driver.refuse("NodeUnstageVolume", 9, "busy");
        assertThatThrownBy(() -> session.release("u")).hasMessageContaining("busy");
        driver.mend();
        later();
        session.release("u");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume", "NodeUnstageVolume");
        assertThat(root.resolve("plugins/kubernetes.io/csi/volumeDevices/pv")).doesNotExist();
    }

    @Test
    void whatADriverRefusesIsToldInItsWordsAndUndoneLater() throws Exception {
        csiDriver(FREE);
        start();
        driver.refuse("NodePublishVolume", 13, "mount failed:\nno such device");
        assertThatThrownBy(() -> session.mount(persistent("u", volume(csi()))))
                .hasMessage("rpc error: code = Internal desc = mount failed: no such device");
        session.release("u");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume");
    }

    /// What is over is not undone; nobody knows whether what came too late was.
    @ParameterizedTest
    @CsvSource({"3,false", "14,true"})
    void whatADriverHasNotStagedIsNotUnstaged(int code, boolean undone) throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        driver.refuse("NodeStageVolume", code, "no");
        assertThatThrownBy(() -> session.mount(persistent("u", volume(csi())))).hasMessageContaining("no");
        session.release("u");
        assertThat(driver.changes().contains("NodeUnstageVolume")).isEqualTo(undone);
        assertThat(staged()).doesNotExist();
        assertThat(published("u", "pv").getParent()).doesNotExist();
    }

    /// The next kubelet stages what the last one has staged, for another pod.
    @Test
    void whatAnotherPodHasStaysStaged() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.mount(persistent("u1", volume(csi())));
        restarted();
        driver.refuse("NodeStageVolume", 3, "no");
        assertThatThrownBy(() -> session.mount(persistent("u2", volume(csi())))).hasMessageContaining("no");
        driver.mend();
        session.release("u2");
        session.release("u1");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume", "NodeUnstageVolume");
        assertThat(staged()).doesNotExist();
    }

    @Test
    void aDriverThatRefusesIsAskedLessAndLess() throws Exception {
        csiDriver(FREE);
        start();
        driver.refuse("NodePublishVolume", 13, "no");
        for (int second = 0; second < 600; second++) {
            assertThatThrownBy(() -> session.mount(persistent("u", volume(csi())))).hasMessageContaining("no");
            clock.advance(Duration.ofSeconds(1));
        }
        assertThat(driver.changes().size()).isBetween(10, 14);
        driver.mend();
        later();
        assertThat(session.mount(persistent("u", volume(csi()))).path()).isDirectory();
    }

    private Path damaged(Path record) throws IOException {
        Files.createDirectories(record.getParent());
        return Files.writeString(record, "");
    }

    private Path written(String uid, String name) {
        return published(uid, name).resolveSibling("vol_data.json");
    }

    private void restarted() throws InterruptedException {
        session.close();
        session = opened();
        registered(2);
    }

    @Test
    void aDamagedRecordOfOnePodKeepsNoOtherVolumeStaged() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.mount(persistent("u", volume(csi())));
        damaged(written("broken", "other"));
        session.release("u");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume", "NodeUnstageVolume");
    }

    @Test
    void aVolumeWhoseRecordIsDamagedIsKnownAsLongAsTheProcessLives() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.mount(persistent("u", volume(csi())));
        damaged(written("u", "pv"));
        session.release("u");
        assertThat(driver.requests("NodeUnpublishVolume").getFirst().text("volume_id")).isEqualTo("h");
        assertThat(driver.changes()).endsWith("NodeUnstageVolume");
        assertThat(written("u", "pv").getParent()).doesNotExist();
    }

    @Test
    void theNextKubeletKnowsAVolumeWhoseRecordIsDamagedByItsPersistentVolume() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.mount(persistent("u", volume(csi())));
        damaged(written("u", "pv"));
        restarted();
        api.seed(BuiltinResources.PERSISTENT_VOLUMES, Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolume",
                "metadata", Struct.of("name", "pv"), "spec", volume(csi()))));
        session.prune();
        assertThat(driver.changes()).doesNotContain("NodeUnstageVolume");
        session.release("u");
        assertThat(driver.requests("NodeUnpublishVolume").getFirst().text("volume_id")).isEqualTo("h");
        assertThat(driver.changes()).endsWith("NodeUnstageVolume");
        assertThat(staged()).doesNotExist();
    }

    /// Its pod would stay Terminating for ever.
    @Test
    void whatNobodyKnowsAndIsNotMountedIsDropped() throws Exception {
        csiDriver(FREE);
        start();
        damaged(written("u", "own"));
        session.mount(persistent("u", volume(csi())));
        session.release("u");
        assertThat(driver.requests("NodeUnpublishVolume")).hasSize(1);
        assertThat(written("u", "own").getParent()).doesNotExist();
        assertThat(written("u", "pv").getParent()).doesNotExist();
    }

    @Test
    void aStagedVolumeWhoseRecordIsDamagedIsKnownByTheNode() throws Exception {
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        attach(Struct.of("attached", true));
        session.mount(persistent("u", volume(csi())));
        Files.delete(published("u", "pv"));
        Files.delete(written("u", "pv"));
        damaged(staged().resolve("vol_data.json"));
        restarted();
        session.prune();
        assertThat(driver.requests("NodeUnstageVolume").getFirst().text("volume_id")).isEqualTo("h");
        assertThat(staged()).doesNotExist();
        assertThat(node().status().seq("volumesInUse")).isEqualTo(Seq.EMPTY);
    }

    @Test
    void aStagedVolumeThatAPodHasIsKnownByThePod() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.mount(persistent("u", volume(csi())));
        damaged(staged().resolve("vol_data.json"));
        session.prune();
        assertThat(staged().resolve("globalmount")).isDirectory();
        session.release("u");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume", "NodeUnstageVolume");
    }

    @Test
    void aDeviceWhoseRecordIsDamagedIsTakenBack() throws Exception {
        csiDriver(FREE);
        start(DriverClient.STAGE_UNSTAGE_VOLUME);
        session.map(persistent("u", volume(csi()).with("volumeMode", "Block")));
        damaged(root.resolve("plugins/kubernetes.io/csi/volumeDevices/pv/data/vol_data.json"));
        session.release("u");
        assertThat(driver.changes()).endsWith("NodeUnpublishVolume", "NodeUnstageVolume");
        assertThat(root.resolve("plugins/kubernetes.io/csi/volumeDevices/pv")).doesNotExist();
    }

    @Test
    void oneVolumeThatIsLeftKeepsNoOtherOfThePod() throws Exception {
        csiDriver(FREE);
        start();
        session.mount(persistent("u", volume(csi())));
        VolumeData.of(CsiVolume.of(new VolumeRequest(pod("u", Struct.EMPTY), "a",
                volume(csi().with("driver", "gone.example.com")), "a", Optional.empty(), false)), "n")
                .write(written("u", "a").getParent());
        assertThatThrownBy(() -> session.release("u")).hasMessageContaining("gone.example.com not found");
        assertThat(driver.requests("NodeUnpublishVolume")).hasSize(1);
    }

    @Test
    void nothingIsTakenAwayWhileADriverIsAway() throws Exception {
        csiDriver(FREE);
        start();
        session.mount(persistent("u", volume(csi())));
        driver.refuse("NodeUnpublishVolume", 14, "busy");
        assertThatThrownBy(() -> session.release("u")).hasMessageContaining("busy");
        assertThat(published("u", "pv")).exists();
    }
}
