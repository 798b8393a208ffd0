package io.k3j.nodefiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileRootsTest {
    @TempDir
    private Path node;
    private Path logs;
    private Path pods;
    private FileRoots roots;

    @BeforeEach
    void lay() throws IOException {
        logs = Files.createDirectories(node.resolve("var/log"));
        pods = Files.createDirectories(node.resolve("disk/pods/p/c"));
        roots = new FileRoots(List.of(logs, node.resolve("absent"), node.resolve("disk/pods")));
        Files.writeString(pods.resolve("0.log"), "pod");
        Files.writeString(node.resolve("shadow"), "secret");
    }

    private String read(String below) throws IOException {
        try (FileRoots.Held held = roots.open(Path.of(below))) {
            return Files.readString(held.path());
        }
    }

    @Test
    void followsALinkIntoAnotherRoot() throws IOException {
        Files.createSymbolicLink(logs.resolve("c.log"), pods.resolve("0.log"));
        assertThat(read("c.log")).isEqualTo("pod");
    }

    @Test
    void followsNoLinkThatLeadsOut() throws IOException {
        Files.createSymbolicLink(pods.resolve("planted"), node.resolve("shadow"));
        Files.createSymbolicLink(logs.resolve("file"), pods.resolve("planted"));
        Files.createSymbolicLink(logs.resolve("up"), Path.of("../.."));
        for (String below : List.of("file", "up", "up/shadow", "../../shadow")) {
            assertThatThrownBy(() -> read(below)).as(below).isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("leads out of");
        }
    }

    @Test
    void aRegularFileIsReachedByNoLinkBelowTheRoot() throws IOException {
        Path link = Files.createSymbolicLink(logs.resolve("pods"), node.resolve("disk/pods"));
        FileRoots linked = new FileRoots(List.of(logs, link));
        try (FileRoots.Held held = linked.regular(link.resolve("p/c/0.log"))) {
            assertThat(Files.readString(held.path())).isEqualTo("pod");
        }
        Files.createSymbolicLink(pods.resolve("1.log"), pods.resolve("0.log"));
        assertThatThrownBy(() -> linked.regular(link.resolve("p/c/1.log"))).hasMessageContaining("is a link");
        assertThatThrownBy(() -> linked.regular(link.resolve("p/c"))).hasMessageContaining("is no regular file");
        assertThatThrownBy(() -> linked.regular(link.resolve("../shadow"))).isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> linked.regular(node.resolve("shadow"))).hasMessageContaining("does not lie in");
        assertThatThrownBy(() -> linked.regular(link.resolve("p/none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void whatIsHeldStaysTheSame() throws IOException {
        Files.writeString(logs.resolve("a"), "mine");
        try (FileRoots.Held held = roots.open(Path.of("a"))) {
            Files.delete(logs.resolve("a"));
            Files.createSymbolicLink(logs.resolve("a"), node.resolve("shadow"));
            assertThat(Files.readString(held.path())).isEqualTo("mine");
        }
    }

    @Test
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> read("none")).isInstanceOf(NoSuchFileException.class);
        roots = new FileRoots(List.of(node.resolve("absent")));
        assertThatThrownBy(() -> read("")).isInstanceOf(NoSuchFileException.class);
    }
}
