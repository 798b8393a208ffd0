package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.nodefiles.Handles;
import io.k3j.nodefiles.Mounts;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "makes device files")
class DeviceNodesTest {
    @TempDir
    private Path directory;
    private Path dev;
    private DeviceNodes nodes;

    @BeforeEach
    void lay() throws Exception {
        directory = directory.toRealPath();
        dev = Files.createDirectories(directory.resolve("dev/disk")).getParent();
        nodes = new DeviceNodes(new Handles(), dev);
        make(dev.resolve("x"));
        Files.createSymbolicLink(dev.resolve("disk/by-id"), Path.of("../x"));
    }

    /// A device that no kernel has: nothing here opens it.
    private static void make(Path file) throws Exception {
        assertThat(new ProcessBuilder("mknod", file.toString(), "b", "250", "250").inheritIO().start().waitFor())
                .isZero();
    }

    @Test
    void aPathLeadsToADeviceByLinksOfTheAdministrator() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), dev.resolve("disk/by-id"));
        assertThat(nodes.device(link)).isEqualTo(dev.resolve("x"));
        assertThat(nodes.device(dev.resolve("x"))).isEqualTo(dev.resolve("x"));
    }

    @Test
    void aDeviceFileThatAContainerMayHaveMadeIsRefused() throws Exception {
        Path made = directory.resolve("made");
        make(made);
        assertThatThrownBy(() -> nodes.device(made)).hasMessageContaining("which a container may have made");
        Path link = Files.createSymbolicLink(dev.resolve("link"), made);
        assertThatThrownBy(() -> nodes.device(link)).hasMessageContaining("outside of " + dev);
    }

    @Test
    void aDeviceFileOnAnotherFileSystemInDevIsRefused() throws Exception {
        Path shm = Files.createDirectory(dev.resolve("shm"));
        Mounts mounts = new Mounts();
        mounts.tmpfs(shm, "mode=1777");
        try {
            make(shm.resolve("made"));
            assertThatThrownBy(() -> nodes.device(shm.resolve("made")))
                    .hasMessageContaining("on another file system than " + dev);
        } finally {
            mounts.unmountBelow(shm);
        }
    }

    @Test
    void whatIsNoDeviceIsRefused() throws Exception {
        Path file = Files.createFile(dev.resolve("file"));
        assertThatThrownBy(() -> nodes.device(file)).hasMessageStartingWith(
                "only directory and block device are supported");
        assertThatThrownBy(() -> nodes.device(dev.resolve("absent"))).isInstanceOf(NoSuchFileException.class);
    }
}
