package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirTest {
    @TempDir
    Path dir;

    @Test
    void isHeldByOneProcessAtATime() throws StartFailure {
        try (DataDir held = DataDir.take(dir)) {
            assertThatThrownBy(() -> DataDir.take(held.path())).isInstanceOf(StartFailure.class)
                    .hasMessageContaining("another k3s already runs").hasMessageContaining("--data-dir");
        }
        DataDir.take(dir).close();
    }

    @Test
    void seesThatItIsHeldWithoutWriting() throws StartFailure {
        Path fresh = dir.resolve("fresh");
        DataDir.refuseHeld(fresh);
        assertThat(fresh).doesNotExist();
        try (DataDir held = DataDir.take(fresh)) {
            assertThatThrownBy(() -> DataDir.refuseHeld(held.path())).isInstanceOf(StartFailure.class)
                    .hasMessageContaining("another k3s already runs");
        }
        DataDir.refuseHeld(fresh);
    }

    @Test
    void keepsOperatorsFilesToTheOwner() throws StartFailure, IOException {
        DataDir.take(dir.resolve("deep/er")).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("deep/er/bundles"))))
                .isEqualTo("rwx------");
    }

    @Test
    void saysThatAPathIsTooLongForASocketWithoutWriting() throws StartFailure, IOException {
        Path longest = dir.resolve("d".repeat(106 - "/bundles/console.sock".length() - dir.toString().length() - 1));
        DataDir.refuseLong(longest);
        DataDir.take(longest).close();
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(longest.resolve("bundles/console.sock")));
        }
        Path longer = Path.of(longest + "d");
        assertThatThrownBy(() -> DataDir.refuseLong(longer)).isInstanceOf(StartFailure.class)
                .hasMessage("the path of the data directory " + longer + " is too long: " + longer
                        + "/bundles/console.sock has 107 bytes and the path of a socket has 106 at most; choose a "
                        + "shorter one with --data-dir (at most 85 bytes)");
        assertThat(longer).doesNotExist();
    }

    @Test
    void saysThatADirectoryCannotBeUsed() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThatThrownBy(() -> DataDir.take(file)).isInstanceOf(StartFailure.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("--data-dir");
    }
}
