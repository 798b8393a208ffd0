package io.k3j.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistributionTest {
    @TempDir
    private Path directory;

    private Path program(Path home) throws IOException {
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path k3s = Files.writeString(bin.resolve("k3s"), "#!/bin/sh\n");
        return Files.setPosixFilePermissions(k3s, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path found(Map<String, String> properties, Map<String, String> environment) throws IOException {
        return Distribution.program(properties, environment, directory.resolve("cache"));
    }

    @Test
    void aDirectoryThatAPropertyOrAVariableNames() throws IOException {
        Path home = directory.resolve("home");
        Path program = program(home);
        assertThat(found(Map.of("k3j.distribution", home.toString()), Map.of("K3J_DISTRIBUTION", "/nowhere")))
                .isEqualTo(program);
        assertThat(found(Map.of(), Map.of("K3J_DISTRIBUTION", home.toString()))).isEqualTo(program);
    }

    @Test
    void anArchiveIsUnpackedOnce() throws IOException, InterruptedException {
        program(directory.resolve("k3s-0.1.0"));
        Path archive = directory.resolve("k3s.tar.gz");
        assertThat(new ProcessBuilder("tar", "-czf", archive.toString(), "-C", directory.toString(), "k3s-0.1.0")
                .start().waitFor()).isZero();
        Path first = found(Map.of("k3j.distribution", archive.toString()), Map.of());
        assertThat(first).isExecutable().startsWith(directory.resolve("cache"));
        Files.writeString(first.resolveSibling("mark"), "");
        assertThat(found(Map.of("k3j.distribution", archive.toString()), Map.of()).resolveSibling("mark")).exists();
    }

    @Test
    void theCommandOnThePath() throws IOException {
        Path program = program(directory.resolve("home"));
        assertThat(found(Map.of(), Map.of("PATH", "/nowhere::" + program.getParent()))).isEqualTo(program);
    }

    @Test
    void saysWhatToSetWhenThereIsNone() {
        assertThatThrownBy(() -> found(Map.of(), Map.of("PATH", "/nowhere")))
                .hasMessageContainingAll("k3j.distribution", "K3J_DISTRIBUTION", "install k3s on PATH");
        assertThatThrownBy(() -> found(Map.of("k3j.distribution", directory.toString()), Map.of()))
                .hasMessageContainingAll("no program bin/k3s in " + directory, "unpack a K3j release");
    }
}
