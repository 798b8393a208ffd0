package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Handles;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Whose the files of a `local` volume are.
@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "changes groups")
class LocalPluginTest {
    private static final int GROUP = 1234;
    @TempDir
    private Path directory;
    private Path volume;
    private final List<String> told = new ArrayList<>();
    private LocalPlugin plugin;

    @BeforeEach
    void lay() throws IOException {
        plugin = begun();
        volume = Files.createDirectory(directory.resolve("volume"));
        Files.createDirectory(volume.resolve("d"));
        Files.writeString(volume.resolve("d/f"), "");
        Files.setAttribute(volume.resolve("d/f"), "unix:mode", 04711);
        Files.writeString(directory.resolve("outside"), "");
        Files.setAttribute(directory.resolve("outside"), "unix:mode", 0600);
        Files.createSymbolicLink(volume.resolve("link"), directory.resolve("outside"));
        Files.createSymbolicLink(volume.resolve("up"), directory);
    }

    /// A kubelet that has just started.
    private LocalPlugin begun() {
        VolumeDirectories directories = new VolumeDirectories(directory.resolve("pods"));
        Mounts mounts = new Mounts();
        HostProgram none = line -> {
            throw new IllegalStateException("a directory needs no " + line[0]);
        };
        return new LocalPlugin(directories, (pod, reason, message) -> told.add(pod.uid() + " " + reason + ": "
                + message), new DeviceNodes(new Handles(), Path.of("/dev")),
                new GlobalMounts(directory.resolve("mounts"), mounts,
                        new FormatAndMount(none, new BlankDevice(directory.resolve("numbers")))),
                new DeviceMap(directories, LocalPlugin.ESCAPED, mounts,
                        new LoopDevices(directory.resolve("block"), none)));
    }

    private Path use(String uid, Struct security, boolean readOnly) throws IOException {
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("uid", uid), "spec", Struct.of("securityContext", security,
                "volumes", Seq.of(Struct.of("name", "v", "persistentVolumeClaim",
                        Struct.of("claimName", "c", "readOnly", readOnly))))));
        return plugin.setUp(new VolumePlugin.Spec(pod, "v",
                Struct.of("local", Struct.of("path", volume.toString())), "pv", List.of()));
    }

    private void use(String uid, int group) throws IOException {
        assertThat(use(uid, Struct.of("fsGroup", group), false)).isEqualTo(volume);
    }

    private static int group(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:gid", LinkOption.NOFOLLOW_LINKS);
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode") & 07777;
    }

    @Test
    void theFirstPodsGroupOwnsAllThatLiesInIt() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", volume.resolve("pipe").toString()).start().waitFor()).isZero();
        assertThat(new ProcessBuilder("sh", "-c", "touch \"$(printf 'n\\377')\"").directory(volume.toFile()).start()
                .waitFor()).isZero();
        use("u1", GROUP);
        for (String name : List.of("", "d", "d/f", "link", "up", "pipe")) {
            assertThat(group(volume.resolve(name))).as(name).isEqualTo(GROUP);
        }
        try (Stream<Path> all = Files.list(volume)) {
            assertThat(all.toList()).hasSize(5).allSatisfy(p -> assertThat(group(p)).isEqualTo(GROUP));
        }
        assertThat(mode(volume) & 02770).isEqualTo(02770);
        assertThat(mode(volume.resolve("d")) & 02770).isEqualTo(02770);
        assertThat(mode(volume.resolve("d/f"))).isEqualTo(04771);
        assertThat(told).isEmpty();
    }

    @Test
    void noLinkIsFollowed() throws IOException {
        use("u1", GROUP);
        assertThat(group(directory.resolve("outside"))).isZero();
        assertThat(mode(directory.resolve("outside"))).isEqualTo(0600);
        assertThat(group(directory)).isNotEqualTo(GROUP);
    }

    @Test
    void whatARunningPodMakesOfItIsLeft() throws IOException {
        use("u1", GROUP);
        Files.setAttribute(volume.resolve("d/f"), "unix:mode", 0600);
        plugin = begun();
        use("u1", GROUP);
        assertThat(mode(volume.resolve("d/f"))).isEqualTo(0600);
    }

    @Test
    void whileAPodUsesItAnotherGetsItAsItIs() throws IOException {
        use("u1", GROUP);
        use("u2", GROUP);
        use("u3", 4321);
        use("u3", 4321);
        assertThat(group(volume)).isEqualTo(GROUP);
        assertThat(told).containsExactly("u3 AlreadyMountedVolume: The requested fsGroup is 4321, but the volume pv has"
                + " GID 1234. The volume may not be shareable.");
        for (String gone : List.of("u1", "u2", "u3")) {
            Trees.delete(directory.resolve("pods").resolve(gone));
        }
        use("u4", 4321);
        assertThat(group(volume.resolve("d/f"))).isEqualTo(4321);
    }

    @Test
    void whoOnlyReadsOrNamesNoGroupLeavesIt() throws IOException {
        use("u1", Struct.of("fsGroup", GROUP), true);
        Trees.delete(directory.resolve("pods/u1"));
        use("u2", Struct.EMPTY, false);
        assertThat(group(volume)).isZero();
    }

    @Test
    void aTopThatFitsIsEnoughOnRootMismatch() throws IOException {
        Struct security = Struct.of("fsGroup", GROUP, "fsGroupChangePolicy", "OnRootMismatch");
        Files.setAttribute(volume, "unix:gid", GROUP);
        Files.setAttribute(volume, "unix:mode", 02770);
        use("u1", security, false);
        assertThat(group(volume.resolve("d/f"))).isZero();
        Trees.delete(directory.resolve("pods/u1"));
        Files.setAttribute(volume, "unix:mode", 0770);
        use("u2", security, false);
        assertThat(group(volume.resolve("d/f"))).isEqualTo(GROUP);
    }

    @Test
    void whatIsNeitherDirectoryNorDeviceIsNoVolume() {
        volume = volume.resolve("d/f");
        assertThatThrownBy(() -> use("u1", GROUP)).hasMessageStartingWith(
                "only directory and block device are supported");
        assertThat(directory.resolve("pods/u1")).doesNotExist();
    }

    @Test
    void saysThatDirectoriesAreNestedTooDeep() throws IOException {
        Path deep = volume;
        for (int i = 0; i <= VolumeOwnership.DEPTH; i++) {
            deep = deep.resolve("d");
        }
        Files.createDirectories(deep);
        assertThatThrownBy(() -> use("u1", GROUP)).hasMessageContaining("nested more than 256 deep");
        assertThat(directory.resolve("pods/u1")).doesNotExist();
    }
}
