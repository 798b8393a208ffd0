package io.k3j.nodefiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
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
    void followsLinksAsIfTheVolumeWereTheRoot() throws IOException {
        Files.createSymbolicLink(volume.resolve("..data"), Path.of("a"));
        Files.createSymbolicLink(volume.resolve("f"), Path.of("..data/f"));
        Files.createSymbolicLink(volume.resolve("a/absolute"), Path.of("/a/f"));
        Files.createSymbolicLink(volume.resolve("a/up"), Path.of("../../../a/./f"));
        for (String path : List.of("f", "a/absolute", "a/up", "a//../a/f", "/a/f", "../a/f")) {
            assertThat(reader.text(volume, path)).as(path).isEqualTo("A='1'\n");
        }
        Files.createSymbolicLink(volume.resolve("circle"), Path.of("a/../circle"));
        assertThatThrownBy(() -> reader.text(volume, "circle"))
                .hasMessage("circle: leads through too many links and directories");
    }

    /// Whoever makes the link learns nothing of what the host has.
    @Test
    void aLinkDoesNotTellWhatLiesOutside() throws IOException {
        for (String outside : List.of("secret", "missing", "secret/below")) {
            for (Path to : List.of(directory.resolve(outside), Path.of("..", outside), Path.of("a/../..", outside))) {
                Files.createSymbolicLink(volume.resolve("out"), to);
                assertThatThrownBy(() -> reader.text(volume, "out")).as(to.toString())
                        .isExactlyInstanceOf(NoSuchFileException.class).hasMessage("out");
                Files.delete(volume.resolve("out"));
            }
            assertThatThrownBy(() -> reader.text(volume, "../" + outside))
                    .isExactlyInstanceOf(NoSuchFileException.class).hasMessage("../" + outside);
        }
    }

    @Test
    void readsNothingElse() throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", volume.resolve("pipe").toString()).start().waitFor()).isZero();
        assertThatThrownBy(() -> reader.text(volume, "pipe")).hasMessage("pipe: is no regular file");
        assertThatThrownBy(() -> reader.text(volume, "a")).hasMessage("a: is no regular file");
        Files.write(volume.resolve("large"), new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> reader.text(volume, "large")).hasMessageContaining("has more than 1048576 bytes");
    }
}
