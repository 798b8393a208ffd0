package io.k3j.launcher;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Users without rights are in BadFilesItest: root may read and write everything.
class KubeconfigFileTest {
    @TempDir
    private Path dir;

    @Test
    void mayBeMadeWithItsDirectories() {
        assertThatNoException().isThrownBy(() -> KubeconfigFile.refuseClosed(dir.resolve("a/b/k3s.yaml")));
    }

    @Test
    void mayBeThere() throws IOException {
        Path file = Files.writeString(dir.resolve("k3s.yaml"), "old");
        assertThatNoException().isThrownBy(() -> KubeconfigFile.refuseClosed(file));
    }

    @Test
    void isNoDirectory() {
        assertThatExceptionOfType(StartFailure.class).isThrownBy(() -> KubeconfigFile.refuseClosed(dir))
                .withMessageStartingWith("cannot write the kubeconfig " + dir + ": it is a directory")
                .withMessageContaining("--write-kubeconfig");
    }

    @Test
    void isNotBelowAFile() throws IOException {
        Path file = Files.writeString(dir.resolve("etc"), "");
        assertThatExceptionOfType(StartFailure.class)
                .isThrownBy(() -> KubeconfigFile.refuseClosed(file.resolve("k3s.yaml")))
                .withMessageContaining("no file can be made in " + file);
    }
}
