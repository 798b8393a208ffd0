package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.testkit.FakeApi;
import io.k3j.volumeapi.DriverVolumes;
import io.k3j.volumeapi.MountedVolume;
import io.k3j.volumeapi.VolumeRequest;
import io.k3j.volumeapi.VolumeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The kubelet's side of volumes that drivers make.
class CsiPluginTest {
    private static final Struct OWN = Struct.of("name", "v", "csi", Struct.of("driver", "d", "readOnly", true));
    @TempDir
    private Path directory;
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final List<String> told = new ArrayList<>();
    private final VolumeStats stats = new VolumeStats(InstantSource.system(), InstantSource.system());
    private final Drivers drivers = new Drivers();
    private Volumes volumes;

    /// Makes directories below the test's own.
    private final class Drivers implements DriverVolumes {
        private final List<VolumeRequest> asked = new ArrayList<>();
        private final List<String> released = new ArrayList<>();
        private String failure = "";
        /// Whether the next volume is not where it is said to be.
        private boolean misplaced;

        private Path place(VolumeRequest request) {
            return directory.resolve("pods").resolve(request.pod().uid()).resolve("volumes/kubernetes.io~csi")
                    .resolve(request.diskName()).resolve("mount");
        }

        @Override
        public MountedVolume mount(VolumeRequest request) throws IOException {
            boolean fresh = asked.isEmpty();
            asked.add(request);
            Path place = misplaced ? place(request) : Files.createDirectories(place(request));
            return new MountedVolume(place, fresh, fresh, "too large");
        }

        @Override
        public Path map(VolumeRequest request) {
            assertThat(directory.resolve("pods").resolve(request.pod().uid())).as("whose device it is").isDirectory();
            asked.add(request);
            return Path.of("/dev/null");
        }

        @Override
        public void release(String uid) throws IOException {
            if (!failure.isEmpty()) {
                throw new IOException(failure);
            }
            released.add(uid);
        }

        @Override
        public void prune() {
            released.add("pruned");
        }

        @Override
        public Optional<VolumeUsage> usage(Path path) {
            return Optional.of(new VolumeUsage(1, 3, 2, 30, 10, 20));
        }

        @Override
        public void close() {
            released.add("closed");
        }
    }

    @BeforeEach
    void begin() {
        ReferencedObjects references = new ReferencedObjects(api);
        volumes = new Volumes(directory.resolve("pods"), references,
                (_, _, _) -> Map.of(), new Mounts(),
                new HostPrograms(), InstantSource.system(), stats, (pod, reason, message) -> told.add(reason));
    }

    private static Obj pod(Struct volume, String use) {
        return Obj.of(Struct.of("metadata", Struct.of("uid", "u", "name", "p", "namespace", "ns"), "spec",
                Struct.of("volumes", Seq.of(volume), "containers",
                        Seq.of(Struct.of("name", "a", use, Seq.of(Struct.of("name", "v")))))));
    }

    private Obj claiming(Struct more, String use) {
        Struct claim = Struct.of("namespace", "ns", "name", "c", "uid", "u-c");
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("metadata", claim,
                "spec", Struct.of("volumeName", "pv"), "status", Struct.of("phase", "Bound"))));
        api.seed(ReferencedObjects.VOLUMES, Obj.of(Struct.of("metadata", Struct.of("name", "pv"), "spec",
                more.with("csi", Struct.of("driver", "d", "volumeHandle", "h")).with("claimRef", claim))));
        return pod(Struct.of("name", "v", "persistentVolumeClaim", Struct.of("claimName", "c")), use);
    }

    @Test
    void aPodWaitsWhileNobodyKnowsDriversAndKeepsWhatItHas() throws IOException {
        Obj pod = pod(OWN, "volumeMounts");
        assertThatThrownBy(() -> volumes.prepare(pod, List.of())).isInstanceOf(ConfigError.class)
                .hasMessageContaining("CSI is not running on this node");
        volumes.drivers(Optional.of(drivers));
        Path made = volumes.prepare(pod, List.of()).get("v");
        volumes.drivers(Optional.empty());
        assertThatThrownBy(() -> volumes.remove("u")).isInstanceOf(IOException.class)
                .hasMessageContaining("CSI is not running on this node");
        assertThat(made).exists();
        assertThatCode(() -> volumes.remove("without")).doesNotThrowAnyException();
    }

    @Test
    void driversAreAskedWithTheClaimAndTheirsIsReleasedBeforeThePodsDirectoryGoes() throws IOException {
        volumes.drivers(Optional.of(drivers));
        Path made = volumes.prepare(claiming(Struct.EMPTY, "volumeMounts"), List.of()).get("v");
        VolumeRequest asked = drivers.asked.getFirst();
        assertThat(asked.persistentVolume()).isEqualTo("pv");
        assertThat(asked.claim().map(Obj::name)).contains("c");
        assertThat(asked.readOnly()).isFalse();
        assertThat(told).containsExactly("VolumeResizeFailed");
        drivers.failure = "busy";
        assertThatThrownBy(() -> volumes.remove("u")).hasMessage("busy");
        assertThat(made).exists();
        drivers.failure = "";
        volumes.remove("u");
        assertThat(drivers.released).containsExactly("u");
        assertThat(directory.resolve("pods/u")).doesNotExist();
        volumes.prune();
        assertThat(drivers.released).endsWith("pruned");
    }

    @Test
    void aVolumeThatWasNotGivenToThePodsGroupIsLater() throws IOException {
        volumes.drivers(Optional.of(drivers));
        Path there = Files.createDirectories(directory.resolve("there"));
        int group = (int) Files.getAttribute(there, "unix:gid");
        Obj pod = claiming(Struct.EMPTY, "volumeMounts").with(group, "spec", "securityContext", "fsGroup");
        drivers.misplaced = true;
        assertThatThrownBy(() -> volumes.prepare(pod, List.of())).isInstanceOf(ConfigError.class);
        drivers.misplaced = false;
        Path made = volumes.prepare(pod, List.of()).get("v");
        assertThat((int) Files.getAttribute(made, "unix:mode") & 02770).isEqualTo(02770);
    }

    @Test
    void aPodsOwnVolumeMayBeReadOnly() {
        volumes.drivers(Optional.of(drivers));
        Obj pod = pod(OWN, "volumeMounts");
        volumes.prepare(pod, List.of());
        assertThat(drivers.asked.getFirst().readOnly()).isTrue();
        assertThat(drivers.asked.getFirst().diskName()).isEqualTo("v");
        assertThat(Volumes.readOnly(pod, "v")).isTrue();
    }

    @Test
    void aDeviceIsALinkInThePodsDirectory() throws IOException {
        volumes.drivers(Optional.of(drivers));
        Path link = volumes.prepare(claiming(Struct.of("volumeMode", "Block"), "volumeDevices"), List.of()).get("v");
        assertThat(link).isEqualTo(directory.resolve("pods/u/volumeDevices/kubernetes.io~csi/pv"));
        assertThat(Files.readSymbolicLink(link)).isEqualTo(Path.of("/dev/null"));
    }

    @Test
    void whatAVolumeUsesIsWhatItsDriverSays() throws Exception {
        volumes.drivers(Optional.of(drivers));
        volumes.prepare(claiming(Struct.EMPTY, "volumeMounts"), List.of());
        stats.round(Runnable::run);
        VolumeStats.Usage usage = stats.of("u").getFirst();
        assertThat(usage.used()).isEqualTo(new DiskUsage.Used(2, 20));
        assertThat(usage.fileSystem()).isEqualTo(new DiskUsage.FileSystem(1, 3, 2, 30, 10));
        assertThat(usage.claim()).contains("c");
    }
}
