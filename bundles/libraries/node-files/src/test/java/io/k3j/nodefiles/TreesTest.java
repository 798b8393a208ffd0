package io.k3j.nodefiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesTest {
    @TempDir
    private Path directory;

    @Test
    @SuppressWarnings("unchecked")
    void tellsOfADirectoryThatCannotBeRead() {
        SecureDirectoryStream<Path> broken = (SecureDirectoryStream<Path>) Proxy.newProxyInstance(
                SecureDirectoryStream.class.getClassLoader(), new Class<?>[] {SecureDirectoryStream.class},
                (p, m, a) -> {
                    throw new DirectoryIteratorException(new IOException("disk"));
                });
        assertThatThrownBy(() -> new Trees.Emptying().empty(broken, broken, 1)).isInstanceOf(IOException.class)
                .hasMessage("disk");
    }

    @Test
    void deletesATreeWithoutFollowingItsLinks() throws IOException {
        Path host = Files.createDirectories(directory.resolve("host/kept"));
        Path tree = Files.createDirectories(directory.resolve("tree/a/b"));
        Files.createSymbolicLink(tree.resolve("c"), host.getParent());
        Files.createSymbolicLink(directory.resolve("link"), host.getParent());
        Trees.delete(directory.resolve("tree"));
        Trees.delete(directory.resolve("link"));
        Trees.delete(directory.resolve("nothing"));
        assertThat(directory.resolve("tree")).doesNotExist();
        assertThat(directory.resolve("link")).doesNotExist();
        assertThat(host).exists();
    }

    @Test
    void deletesATreeDeeperThanAnyPath() throws IOException {
        Path tree = Files.createDirectory(directory.resolve("deep"));
        Handles handles = new Handles();
        Handles.Handle at = handles.directory(tree);
        for (int i = 0; i < 5000; i++) {
            Files.createDirectory(at.entry("d"));
            try (Handles.Handle before = at) {
                at = before.child("d");
            }
        }
        at.close();
        Trees.delete(tree);
        assertThat(tree).doesNotExist();
    }
}
