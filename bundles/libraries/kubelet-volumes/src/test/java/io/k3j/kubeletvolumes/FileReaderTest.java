package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileReaderTest {
    private final FileReader reader = new FileReader(new Handles());
    @TempDir
    private Path directory;
    private Path volume;

    @BeforeEach
    void begin() throws IOException {
        volume = Files.createDirectories(directory.resolve("volume/a")).getParent();
        Files.writeString(volume.resolve("a/f"), "A='1'\n");
        Files.writeString(directory.resolve("secret"), "of the host");
    }

    @Test
    void readsAFileOfTheVolume() throws IOException {
        Files.createSymbolicLink(volume.resolve("link"), Path.of("a"));
        assertThat(reader.text(volume, "a/f")).isEqualTo("A='1'\n");
        assertThat(reader.text(volume, "link/f")).isEqualTo("A='1'\n");
        assertThatThrownBy(() -> reader.text(volume, "b")).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void readsNothingElse() throws IOException, InterruptedException {
        Files.createSymbolicLink(volume.resolve("out"), directory.resolve("secret"));
        assertThat(new ProcessBuilder("mkfifo", volume.resolve("pipe").toString()).start().waitFor()).isZero();
        assertThatThrownBy(() -> reader.text(volume, "out")).hasMessage("out: leaves the volume");
        assertThatThrownBy(() -> reader.text(volume, "../secret")).hasMessage("../secret: leaves the volume");
        assertThatThrownBy(() -> reader.text(volume, "pipe")).hasMessage("pipe: is no regular file");
        assertThatThrownBy(() -> reader.text(volume, "a")).hasMessage("a: is no regular file");
        Files.write(volume.resolve("large"), new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> reader.text(volume, "large")).hasMessageContaining("has more than 1048576 bytes");
    }
}
