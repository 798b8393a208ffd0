package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletvolumes.VolumeFiles.Content;
import io.k3j.nodefiles.Handles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicDirectoryTest {
    @TempDir
    private Path directory;

    @Test
    void showsFilesThroughOneLink() throws IOException {
        write(Map.of("a", "1", "d/b", "2"));
        assertThat(directory.resolve("a")).hasContent("1");
        assertThat(directory.resolve("d/b")).hasContent("2");
        assertThat(Files.readSymbolicLink(directory.resolve("a"))).isEqualTo(Path.of("..data/a"));
    }

    @Test
    void replacesAndRemovesAllAtOnce() throws IOException {
        write(Map.of("a", "1", "b", "2"));
        assertThat(write(Map.of("a", "3"))).isTrue();
        assertThat(directory.resolve("a")).hasContent("3");
        assertThat(directory.resolve("b")).doesNotExist();
        try (var all = Files.list(directory)) {
            assertThat(all.map(p -> p.getFileName().toString()).filter(n -> n.startsWith("..2"))).hasSize(1);
        }
    }

    @Test
    void leavesUnchangedFilesAlone() throws IOException {
        write(Map.of("a", "1"));
        assertThat(write(Map.of("a", "1"))).isFalse();
    }

    @Test
    void refusesAPathThatLeavesTheVolume() {
        assertThatThrownBy(() -> write(Map.of("../x", "1"))).isInstanceOf(IOException.class)
                .hasMessageContaining("leaves the volume");
    }

    @Test
    void nothingHalfWrittenStaysWhenItCannotWrite() throws IOException {
        write(Map.of("a", "1"));
        // of a write that a crash cut short
        Files.createDirectory(directory.resolve("..2026-01-01T00_00_00Z.1"));
        String tooLong = "z".repeat(256);
        assertThatThrownBy(() -> write(Map.of("a", "2", tooLong, "2"))).isInstanceOf(IOException.class);
        assertThat(directory.resolve("a")).hasContent("1");
        try (var all = Files.list(directory)) {
            assertThat(all.map(p -> p.getFileName().toString()).filter(n -> n.startsWith("..2"))).hasSize(1);
        }
    }

    @Test
    void neverFollowsALinkAContainerLeft() throws IOException {
        Path host = Files.createDirectory(directory.resolve("host"));
        Path volume = Files.createDirectory(directory.resolve("volume"));
        Files.writeString(host.resolve("passwd"), "root");
        write(volume, Map.of("a", "1"));
        Files.delete(volume.resolve("..data"));
        Files.createSymbolicLink(volume.resolve("..data"), host);
        Files.createSymbolicLink(volume.resolve("own"), host);
        write(volume, Map.of("a", "2", "own/passwd", "3"));
        assertThat(host.resolve("passwd")).hasContent("root");
        assertThat(volume.resolve("a")).hasContent("2");
        assertThat(volume.resolve("own/passwd")).hasContent("3");
        Files.delete(volume.resolve("..data"));
        Files.createSymbolicLink(volume.resolve("..data"), Path.of("../host"));
        write(volume, Map.of("passwd", "4"));
        assertThat(host.resolve("passwd")).hasContent("root");
    }

    private boolean write(Map<String, String> texts) throws IOException {
        return write(directory, texts);
    }

    private static boolean write(Path directory, Map<String, String> texts) throws IOException {
        Map<String, Content> files = new HashMap<>();
        texts.forEach((k, v) -> files.put(k, new Content(v.getBytes(StandardCharsets.UTF_8), 0644)));
        return new AtomicDirectory(new Handles(), directory, InstantSource.system()).write(files, -1);
    }
}
