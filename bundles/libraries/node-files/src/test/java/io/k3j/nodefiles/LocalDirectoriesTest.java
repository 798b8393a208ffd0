package io.k3j.nodefiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDirectoriesTest {
    @TempDir
    Path dir;

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void makesADirectoryForEverybodyInOneForRootAlone() throws IOException {
        Path parent = dir.resolve("a/storage");
        LocalDirectories.make(parent, "pvc-1_n_c");
        assertThat(mode(parent.resolve("pvc-1_n_c"))).isEqualTo("rwxrwxrwx");
        assertThat(mode(parent)).isEqualTo("rwx------");
    }

    @Test
    void keepsWhatIsThere() throws IOException {
        LocalDirectories.make(dir, "pvc-1");
        Files.writeString(dir.resolve("pvc-1/file"), "kept");
        LocalDirectories.make(dir, "pvc-1");
        assertThat(dir.resolve("pvc-1/file")).hasContent("kept");
    }

    @Test
    void refusesALinkInThePlaceOfAVolume() throws IOException {
        Path other = Files.createDirectory(dir.resolve("other"));
        Path storage = Files.createDirectory(dir.resolve("storage"));
        Files.createSymbolicLink(storage.resolve("pvc-1"), other);
        String before = mode(other);
        assertThatThrownBy(() -> LocalDirectories.make(storage, "pvc-1")).isInstanceOf(IOException.class);
        assertThat(mode(other)).isEqualTo(before);
    }

    @Test
    void deletesNothingThatALinkLeadsTo() throws IOException {
        Path other = Files.createDirectory(dir.resolve("other"));
        Files.writeString(other.resolve("file"), "kept");
        Path storage = dir.resolve("storage");
        LocalDirectories.make(storage, "pvc-1");
        Files.createSymbolicLink(storage.resolve("pvc-1/out"), other);
        LocalDirectories.delete(storage, "pvc-1");
        LocalDirectories.delete(storage, "pvc-1");
        assertThat(storage.resolve("pvc-1")).doesNotExist();
        assertThat(other.resolve("file")).hasContent("kept");
    }

    @Test
    void makesTheDirectoriesOfAPatternForRootAlone() throws IOException {
        LocalDirectories.make(dir, "shop/data/x");
        assertThat(mode(dir.resolve("shop"))).isEqualTo("rwx------");
        assertThat(mode(dir.resolve("shop/data"))).isEqualTo("rwx------");
        assertThat(mode(dir.resolve("shop/data/x"))).isEqualTo("rwxrwxrwx");
        Files.writeString(dir.resolve("shop/data/x/file"), "kept");
        LocalDirectories.make(dir, "shop/data/x");
        assertThat(dir.resolve("shop/data/x/file")).hasContent("kept");
        LocalDirectories.delete(dir, "shop/data/x");
        LocalDirectories.delete(dir, "shop/data/x");
        LocalDirectories.delete(dir, "other/data/x");
        assertThat(dir.resolve("shop/data")).isEmptyDirectory();
    }

    @Test
    void followsNoLinkOnTheWayToAVolume() throws IOException {
        Path other = Files.createDirectories(dir.resolve("other/x")).getParent();
        Path storage = Files.createDirectory(dir.resolve("storage"));
        Files.createSymbolicLink(storage.resolve("shop"), other);
        assertThatThrownBy(() -> LocalDirectories.make(storage, "shop/y")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> LocalDirectories.delete(storage, "shop/x")).isInstanceOf(IOException.class);
        assertThat(other.resolve("x")).isDirectory();
        assertThat(other.resolve("y")).doesNotExist();
    }

    @Test
    void takesNoNameThatLeavesTheDirectory() {
        for (String name : new String[] {"", ".", "..", "../x", "a//b", "a/../b", "a/", "/etc", "a\0b", ".hidden",
                "x".repeat(256), "ä", "a/".repeat(16) + "a"}) {
            assertThatThrownBy(() -> LocalDirectories.make(dir, name)).as(name)
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> LocalDirectories.delete(dir, name)).as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(dir).isEmptyDirectory();
    }
}
