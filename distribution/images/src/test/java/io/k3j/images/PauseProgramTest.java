package io.k3j.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PauseProgramTest {
    @TempDir
    private Path directory;

    @Test
    void waitsAndEndsInOrderOnTerm() throws Exception {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
        Path file = Files.write(directory.resolve("pause"), PauseProgram.executable(architecture));
        assertThat(file.toFile().setExecutable(true)).isTrue();
        Process p = new ProcessBuilder(file.toString()).start();
        assertThat(p.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        p.destroy();
        assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(p.exitValue()).isZero();
    }

    @Test
    void makesTheSameBytesEveryTime() throws Exception {
        assertThat(Images.pause()).isEqualTo(Images.pause());
    }
}
