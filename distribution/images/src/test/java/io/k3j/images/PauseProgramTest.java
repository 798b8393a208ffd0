package io.k3j.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!waits(p)) {
            assertThat(p.waitFor(10, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(System.nanoTime()).as("it never waits").isLessThan(end);
        }
        assertThat(p.waitFor(300, TimeUnit.MILLISECONDS)).isFalse();
        p.destroy();
        assertThat(p.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(p.exitValue()).isZero();
    }

    /// Whether it has come so far that the signal does not end it by itself: it sleeps only where it waits for one.
    private static boolean waits(Process p) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(p.pid()), "status")).stream()
                .anyMatch(line -> line.startsWith("State:\tS"));
    }

    @Test
    void makesTheSameBytesEveryTime() throws Exception {
        assertThat(Images.pause()).isEqualTo(Images.pause());
    }
}
