package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Handles;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "mounts")
class SubpathsTest {
    private static final Obj POD = Obj.of(Struct.of("metadata", Struct.of("uid", "u1", "name", "p")));
    private static final int TRIES = 300;
    /// An attacker that has a processor of its own may show the link at every try for a while.
    private static final int MOST_TRIES = 100 * TRIES;
    @TempDir
    private Path directory;
    private final Mounts mounts = new Mounts();
    private Subpaths subpaths;
    private Path volume;
    private Path host;

    @BeforeEach
    void begin() throws IOException {
        subpaths = new Subpaths(new VolumeDirectories(directory.resolve("root/pods")), new Handles(), mounts);
        volume = Files.createDirectory(directory.resolve("volume"));
        host = Files.createDirectory(directory.resolve("host"));
        Files.writeString(host.resolve("secret"), "of the host");
    }

    @AfterEach
    void end() throws IOException {
        mounts.unmountBelow(directory);
    }

    @Test
    void showsTheDirectoryThatWasNamed() throws IOException {
        Files.createDirectories(volume.resolve("a/b"));
        Files.writeString(volume.resolve("a/b/f"), "1");
        assertThat(hold("a/b").resolve("f")).hasContent("1");
        assertThat(hold("a/b/f")).hasContent("1");
        assertThat(hold("./a//b/").resolve("f")).hasContent("1");
    }

    @Test
    void followsALinkThatStaysInside() throws IOException {
        Files.createDirectories(volume.resolve("..2026/d"));
        Files.writeString(volume.resolve("..2026/d/f"), "1");
        Files.createSymbolicLink(volume.resolve("..data"), Path.of("..2026"));
        Files.createSymbolicLink(volume.resolve("d"), Path.of("..data/d"));
        assertThat(hold("d/f")).hasContent("1");
    }

    @Test
    void refusesWhatLiesOutside() throws IOException {
        Files.createSymbolicLink(volume.resolve("out"), host);
        Files.createSymbolicLink(volume.resolve("up"), Path.of("../host"));
        Files.createSymbolicLink(volume.resolve("nowhere"), Path.of("/nowhere"));
        for (String path : List.of("out", "out/secret", "up/new", "nowhere/x", "../host", "/etc", "a/../../host")) {
            assertThatThrownBy(() -> hold(path)).as(path).isInstanceOf(ConfigError.class);
        }
        assertThat(host.resolve("new")).doesNotExist();
    }

    @Test
    void makesMissingDirectoriesOpenToWhomTheVolumeIs() throws IOException {
        Files.setAttribute(volume, "unix:gid", 4711);
        Files.setAttribute(volume, "unix:mode", 03777);
        Path made = hold("x/y");
        assertThat((int) Files.getAttribute(made, "unix:mode") & 07777).isEqualTo(03777);
        assertThat(Files.getAttribute(made, "unix:gid")).isEqualTo(4711);
        assertThat(Files.getAttribute(volume.resolve("x"), "unix:gid")).isEqualTo(4711);
    }

    @Test
    void staysWithWhatWasNamedWhenItIsReplaced() throws IOException {
        Files.createDirectories(volume.resolve("d"));
        Path held = hold("d");
        Files.move(volume.resolve("d"), volume.resolve("old"));
        Files.createSymbolicLink(volume.resolve("d"), host);
        assertThat(held.resolve("secret")).doesNotExist();
    }

    @Test
    void neverShowsTheHostWhileLinksAndDirectoriesChangePlaces() throws Exception {
        Files.createDirectories(volume.resolve("d"));
        Files.createSymbolicLink(volume.resolve("l"), host);
        AtomicBoolean stop = new AtomicBoolean();
        Thread attacker = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                swap("d", "t");
                swap("l", "d");
                swap("d", "l");
                swap("t", "d");
            }
        });
        int shown = 0;
        try {
            for (int i = 0; i < TRIES || shown == 0 && i < MOST_TRIES; i++) {
                try {
                    assertThat(hold("d").resolve("secret")).doesNotExist();
                    assertThat(hold("d/fresh/new")).isEmptyDirectory();
                    shown++;
                } catch (ConfigError e) {
                    // it saw the link
                }
                assertThat(host.resolve("fresh")).doesNotExist();
            }
        } finally {
            stop.set(true);
            attacker.join();
        }
        assertThat(shown).isPositive();
    }

    /// The mount table shows whatever a container calls the directory that its subPath named.
    @Test
    void aNameThatIsNoTextKeepsNobodyFromMounts() throws Exception {
        Files.createDirectories(volume.resolve("d"));
        Path held = hold("d");
        for (String name : List.of("\\377", "a\\rb", "a b\\n7 8 9")) {
            rename("d", name);
            assertThat(mounts.mounted(held)).as(name).isTrue();
            rename(name, "d");
        }
        rename("d", "\\377");
        mounts.unmountBelow(directory);
        assertThat(mounts.mounted(held)).isFalse();
    }

    /// What a container with mount propagation may mount below its volume.
    @Test
    void takesAMountAwayThatHasANameThatIsNoText() throws Exception {
        shell("mkdir \"$(printf 'v\\377 \\303\\244')\" && mount -t tmpfs none v*");
        mounts.unmountBelow(directory);
        Trees.delete(volume);
        assertThat(volume).doesNotExist();
    }

    private void rename(String from, String to) throws Exception {
        shell("mv \"$(printf '" + from + "')\" \"$(printf '" + to + "')\"");
    }

    /// A shell can write names that Java cannot.
    private void shell(String script) throws Exception {
        assertThat(new ProcessBuilder("sh", "-c", script).directory(volume.toFile()).inheritIO().start().waitFor())
                .isZero();
    }

    private void swap(String from, String to) {
        try {
            Files.move(volume.resolve(from), volume.resolve(to), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // the kubelet made a directory of that name
        }
    }

    private Path hold(String subPath) {
        return subpaths.hold(POD, volume, new Subpath(subPath, "v", "c", 0));
    }
}
