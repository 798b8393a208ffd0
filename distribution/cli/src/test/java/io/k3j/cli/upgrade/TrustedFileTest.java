package io.k3j.cli.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whose files root believes when somebody has called sudo.
class TrustedFileTest {
    @TempDir
    Path dir;
    private Path file;

    @BeforeEach
    void file() throws IOException {
        assumeTrue((Integer) Files.getAttribute(dir, "unix:uid") == 0, "only root gives files away");
        file = Files.createFile(dir.resolve("k3s.tar.gz"));
        Files.setAttribute(file, "unix:uid", 1000);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    }

    private boolean trusted(int group, Map<String, String> environment) throws IOException {
        Files.setAttribute(file, "unix:gid", group);
        return TrustedFile.of(environment).problem(file).isEmpty();
    }

    @Test
    void theGroupOfTheCallerCountsWhereItIsHisAlone() throws IOException {
        Map<String, String> his = Map.of("SUDO_UID", "1000", "SUDO_GID", "1000");
        assertThat(trusted(1000, his)).isTrue();
        assertThat(trusted(1001, his)).isFalse();
        assertThat(trusted(100, Map.of("SUDO_UID", "1000", "SUDO_GID", "100"))).as("of many").isFalse();
        assertThat(trusted(1000, Map.of("SUDO_UID", "1000", "SUDO_GID", "100"))).as("of others").isFalse();
        assertThat(trusted(1000, Map.of("SUDO_UID", "1000"))).isFalse();
    }

    @Test
    void whoHasNotCalledSudoIsNotBelieved() throws IOException {
        assertThat(trusted(0, Map.of())).isFalse();
        assertThat(trusted(0, Map.of("SUDO_UID", "1001", "SUDO_GID", "1001"))).isFalse();
        assertThat(trusted(0, Map.of("SUDO_UID", "1000", "SUDO_GID", "1000"))).isTrue();
    }
}
