package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.nodefiles.Trees;
import io.k3j.testkit.FakeApi;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/// Volumes on a real block device: a loop device whose disk is a file.
@NeedsPackages({"e2fsprogs", "mount"})
@EnabledIf(value = "possible", disabledReason = "needs root and loop devices")
class BlockVolumesTest {
    private static final int DISK_BYTES = 16 << 20;
    private static final int GROUP = 1234;
    @TempDir
    private Path directory;
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final Mounts mounts = new Mounts();
    private final HostPrograms programs = new HostPrograms();
    private final List<String> told = new ArrayList<>();
    private Volumes volumes;
    private String device = "";

    static boolean possible() throws IOException {
        if (!System.getProperty("user.name").equals("root")) {
            return false;
        }
        try {
            HostProgram.Result free = new HostPrograms().run("losetup", "--find");
            return free.code() == 0 && Files.exists(Path.of(free.output().strip()));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @BeforeEach
    void begin() throws IOException {
        directory = directory.toRealPath();
        Path disk = Files.createFile(directory.resolve("disk"));
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
            file.setLength(DISK_BYTES);
        }
        HostProgram.Result attached = programs.run("losetup", "-f", "--show", disk.toString());
        assertThat(attached.code()).as(attached.said()).isZero();
        device = attached.output().strip();
        bind("pv");
        volumes = started();
    }

    private void bind(String volume) {
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("metadata",
                Struct.of("namespace", "ns", "name", "c", "uid", "u-c"), "spec", Struct.of("volumeName", volume),
                "status", Struct.of("phase", "Bound"))));
    }

    /// A volume that the claim is bound to.
    private void seed(String name, Struct spec) {
        Struct owner = Struct.of("namespace", "ns", "name", "c", "uid", "u-c");
        api.seed(ReferencedObjects.VOLUMES, Obj.of(Struct.of("metadata", Struct.of("name", name), "spec",
                spec.with("claimRef", owner))));
    }

    /// A kubelet that has just started.
    private Volumes started() {
        ReferencedObjects references = new ReferencedObjects(api);
        return new Volumes(directory.resolve("pods"), references,
                (_, _, _) -> Map.of(), mounts,
                programs, InstantSource.system(), new VolumeStats(InstantSource.system(), InstantSource.system()),
                (pod, reason, message) -> told.add(reason));
    }

    @AfterEach
    void end() throws IOException {
        for (Path loop : holders()) {
            programs.run("losetup", "-d", "/dev/" + loop.getFileName());
        }
        mounts.unmountBelow(directory);
        programs.run("losetup", "-d", device);
    }

    /// The loop devices that hold something of this test but its disk.
    private List<Path> holders() throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/sys/block"))) {
            for (Path block : all.toList()) {
                if (backing(block).startsWith(directory + "/plugins/")) {
                    found.add(block);
                }
            }
        }
        return found;
    }

    /// Empty for what is none, also when another process takes its own away just now.
    private static String backing(Path block) {
        try {
            return Files.readString(block.resolve("loop/backing_file"));
        } catch (IOException none) {
            return "";
        }
    }

    private void volume(Struct fields) {
        seed("pv", fields.with("local", Struct.of("path", device)));
    }

    private static Obj pod(String uid, String use) {
        return Obj.of(Struct.of("metadata", Struct.of("uid", uid, "name", "p", "namespace", "ns"), "spec",
                Struct.of("securityContext", Struct.of("fsGroup", GROUP), "volumes",
                        Seq.of(Struct.of("name", "v", "persistentVolumeClaim", Struct.of("claimName", "c"))),
                        "containers", Seq.of(Struct.of("name", "a", use, Seq.of(Struct.of("name", "v")))))));
    }

    private Path prepared(Obj pod) {
        return volumes.prepare(pod, List.of()).get("v");
    }

    @Test
    void aBlankDeviceBecomesAFileSystemThatAllPodsShareUntilTheLastIsGone() throws IOException {
        volume(Struct.of("mountOptions", Seq.of("noatime")));
        Path global = directory.resolve("plugins/kubernetes.io/local-volume/mounts/pv");
        Path first = prepared(pod("u1", "volumeMounts"));
        assertThat(first).isEqualTo(directory.resolve("pods/u1/volumes/kubernetes.io~local-volume/pv"));
        assertThat(Files.getAttribute(first, "unix:gid")).isEqualTo(GROUP);
        assertThat(Files.readString(Path.of("/proc/self/mounts")))
                .containsPattern(device + " " + global + " ext4 [^ ]*noatime");
        Files.writeString(first.resolve("f"), "data");
        volumes = started();
        assertThat(prepared(pod("u1", "volumeMounts")).resolve("f")).hasContent("data");
        assertThat(prepared(pod("u2", "volumeMounts")).resolve("f")).hasContent("data");
        volumes.remove("u1");
        assertThat(mounts.mounted(global)).isTrue();
        volumes.remove("u2");
        assertThat(global).doesNotExist();
        assertThat(mounts.mounted(global)).isFalse();
        assertThat(prepared(pod("u3", "volumeMounts")).resolve("f")).hasContent("data");
        assertThat(told).isEmpty();
    }

    @Test
    void aKubeletThatStartsEndsMountsOfPodsThatAreGone() throws IOException {
        volume(Struct.EMPTY);
        prepared(pod("u1", "volumeMounts"));
        mounts.unmountBelow(directory.resolve("pods/u1"));
        Trees.delete(directory.resolve("pods/u1"));
        started().prune();
        assertThat(directory.resolve("plugins/kubernetes.io/local-volume/mounts")).isEmptyDirectory();
    }

    @Test
    void aDeviceIsHandedOnAndHeldWhileThePodIsThere() throws IOException {
        volume(Struct.of("volumeMode", "Block"));
        Path link = prepared(pod("u1", "volumeDevices"));
        assertThat(link).isEqualTo(directory.resolve("pods/u1/volumeDevices/kubernetes.io~local-volume/pv"));
        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of(device));
        Path held = directory.resolve("plugins/kubernetes.io~local-volume/volumeDevices/pv/u1");
        assertThat(Files.getAttribute(held, "unix:rdev")).isEqualTo(Files.getAttribute(link, "unix:rdev"));
        assertThat(holders()).hasSize(1);
        volumes = started();
        prepared(pod("u1", "volumeDevices"));
        volumes.prune();
        assertThat(holders()).hasSize(1);
        volumes.remove("u1");
        assertThat(holders()).isEmpty();
        assertThat(directory.resolve("plugins/kubernetes.io~local-volume/volumeDevices")).isEmptyDirectory();
        assertThat(Path.of(device)).exists();
    }

    @Test
    void aDeviceIsEitherMountedOrHandedOn() throws IOException {
        volume(Struct.of("volumeMode", "Block"));
        prepared(pod("u1", "volumeDevices"));
        another("pv2", Struct.EMPTY);
        assertThatThrownBy(() -> prepared(pod("u2", "volumeMounts")))
                .hasMessageEndingWith("as a device by another volume, so it is not mounted");
        volumes.remove("u1");
        prepared(pod("u2", "volumeMounts"));
        another("pv", Struct.of("volumeMode", "Block"));
        assertThatThrownBy(() -> prepared(pod("u1", "volumeDevices")))
                .hasMessageEndingWith("is mounted for another volume, so no pod is given the device");
    }

    /// Binds the claim to another volume on the same device.
    private void another(String name, Struct fields) {
        bind(name);
        seed(name, fields.with("local", Struct.of("path", device)));
    }

    @Test
    void aDeviceThatThePodLeftIsTakenBackByTheNextKubelet() throws IOException {
        volume(Struct.of("volumeMode", "Block"));
        prepared(pod("u1", "volumeDevices"));
        Trees.delete(directory.resolve("pods/u1"));
        started().prune();
        assertThat(holders()).isEmpty();
        assertThat(directory.resolve("plugins/kubernetes.io~local-volume/volumeDevices")).isEmptyDirectory();
    }

    @Test
    void aVolumeIsUsedAsWhatItIs() throws IOException {
        volume(Struct.of("volumeMode", "Block"));
        assertThatThrownBy(() -> prepared(pod("u1", "volumeMounts")))
                .hasMessageEndingWith("volume v has volumeMode Block, but is specified in volumeMounts");
        assertThat(volumes.prepare(pod("u1", "ports"), List.of())).isEmpty();
        volume(Struct.of("volumeMode", "Filesystem"));
        assertThatThrownBy(() -> prepared(pod("u1", "volumeDevices")))
                .hasMessageEndingWith("volume v has volumeMode Filesystem, but is specified in volumeDevices");
        assertThat(directory.resolve("plugins")).doesNotExist();
    }

    @Test
    void saysWhatCannotBeADevice() {
        seed("pv", Struct.of("volumeMode", "Block", "local", Struct.of("path", directory.toString())));
        assertThatThrownBy(() -> prepared(pod("u1", "volumeDevices")))
                .satisfies(e -> assertThat(((ConfigError) e).reason()).isEqualTo("FailedMapVolume"))
                .hasMessageStartingWith("MapVolume.MapBlockVolume failed for volume \"pv\" : path ");
        seed("pv", Struct.of("volumeMode", "Block", "csi", Struct.of("driver", "d")));
        assertThatThrownBy(() -> prepared(pod("u1", "volumeDevices")))
                .hasMessageContaining("CSI is not running on this node");
        seed("pv", Struct.of("volumeMode", "Block", "rbd", Struct.of("image", "i")));
        assertThatThrownBy(() -> prepared(pod("u1", "volumeDevices")))
                .hasMessageEndingWith("no volume plugin matched the source of persistentvolume pv");
        seed("pv", Struct.of("volumeMode", "Block", "hostPath", Struct.of("path", device)));
        assertThatThrownBy(() -> prepared(pod("u1", "volumeDevices")))
                .hasMessageContaining("failed to find BlockVolumeMapper plugin");
    }
}
