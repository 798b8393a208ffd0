package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubelet.AtomicDirectory.Content;
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

    private boolean write(Map<String, String> texts) throws IOException {
        Map<String, Content> files = new HashMap<>();
        texts.forEach((k, v) -> files.put(k, new Content(v.getBytes(StandardCharsets.UTF_8), 0644)));
        return new AtomicDirectory(directory, InstantSource.system()).write(files, -1);
    }
}
