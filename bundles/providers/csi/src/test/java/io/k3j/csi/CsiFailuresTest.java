package io.k3j.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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
