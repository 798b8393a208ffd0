package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
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
    void saysThatADirectoryCannotBeUsed() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");
        assertThatThrownBy(() -> DataDir.take(file)).isInstanceOf(StartFailure.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("--data-dir");
    }
}
