package io.k3j.kubeletvolumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/// What is asked of the one who mounts what servers of NFS export.
class NfsPluginTest {
    private static final Struct EXPORT = Struct.of("server", "nas", "path", "/a", "readOnly", true);
    @TempDir
    private Path directory;
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final VolumeStats stats = new VolumeStats(InstantSource.system(), InstantSource.system());
    private final Exports exports = new Exports();
    private Volumes volumes;

    /// Makes directories below the test's own.
    private final class Exports implements DriverVolumes {
        private final List<VolumeRequest> asked = new ArrayList<>();
        private boolean busy;

        @Override
        public MountedVolume mount(VolumeRequest request) throws IOException {
            asked.add(request);
            return new MountedVolume(Files.createDirectories(directory.resolve("pods/u/volumes/kubernetes.io~nfs")
                    .resolve(request.diskName())), true, false, "");
        }

        @Override
        public Path map(VolumeRequest request) throws IOException {
            throw new IOException("no device");
        }

        @Override
        public void release(String uid) throws IOException {
            if (busy) {
                throw new IOException("busy");
            }
        }

        @Override
        public void prune() {
            // nothing is left
        }

        @Override
        public Optional<VolumeUsage> usage(Path path) {
            return Optional.of(new VolumeUsage(1, 3, 2, 30, 10, 20));
        }

        @Override
        public void close() {
            // nothing is followed
        }
    }

    @BeforeEach
    void begin() {
        volumes = new Volumes(directory.resolve("pods"), new ReferencedObjects(api), (_, _, _) -> Map.of(),
                new Mounts(), new HostPrograms(), InstantSource.system(), stats, (pod, reason, message) -> {
                });
        volumes.nfs(exports);
    }

    private static Obj pod(Struct volume) {
        return Obj.of(Struct.of("metadata", Struct.of("uid", "u", "name", "p", "namespace", "ns"), "spec",
                Struct.of("volumes", Seq.of(volume), "containers", Seq.of(Struct.of("name", "a", "volumeMounts",
                        Seq.of(Struct.of("name", volume.text("name"))))))));
    }

    private Obj claiming(Struct metadata, Struct spec, boolean readOnly) {
        Struct claim = Struct.of("namespace", "ns", "name", "c", "uid", "u-c");
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("metadata", claim,
                "spec", Struct.of("volumeName", "pv"), "status", Struct.of("phase", "Bound"))));
        api.seed(ReferencedObjects.VOLUMES, Obj.of(Struct.of("metadata", metadata.with("name", "pv"), "spec",
                spec.with("nfs", EXPORT).with("claimRef", claim))));
        return pod(Struct.of("name", "v", "persistentVolumeClaim",
                Struct.of("claimName", "c", "readOnly", readOnly)));
    }

    @Test
    void aPodsOwnVolumeMayBeReadOnly() {
        Obj pod = pod(Struct.of("name", "v", "nfs", EXPORT));
        assertThat(volumes.prepare(pod, List.of()))
                .containsEntry("v", directory.resolve("pods/u/volumes/kubernetes.io~nfs/v"));
        assertThat(exports.asked.getFirst().readOnly()).isTrue();
        assertThat(Volumes.readOnly(pod, "v")).isTrue();
    }

    @Test
    void theUseOfAClaimSaysWhetherItsVolumeIsReadOnly() {
        Struct spec = Struct.of("mountOptions", Seq.of("hard"));
        assertThat(volumes.prepare(claiming(Struct.EMPTY, spec, false), List.of()))
                .containsEntry("v", directory.resolve("pods/u/volumes/kubernetes.io~nfs/pv"));
        volumes.prepare(claiming(Struct.EMPTY, spec, true), List.of());
        assertThat(exports.asked).extracting(VolumeRequest::readOnly).containsExactly(false, true);
        assertThat(exports.asked.getFirst().source().seq("mountOptions").texts()).containsExactly("hard");
    }

    @Test
    void optionsOfTheOlderAnnotationComeFirst() {
        Struct annotated = Struct.of("annotations",
                Struct.of("volume.beta.kubernetes.io/mount-options", "vers=3,nolock"));
        volumes.prepare(claiming(annotated, Struct.of("mountOptions", Seq.of("hard")), false), List.of());
        assertThat(exports.asked.getFirst().source().seq("mountOptions").texts()).containsExactly("vers=3", "nolock");
    }

    @Test
    void whatIsStillMountedKeepsThePodsDirectory() throws IOException {
        Path v = volumes.prepare(pod(Struct.of("name", "v", "nfs", EXPORT)), List.of()).get("v");
        exports.busy = true;
        assertThatThrownBy(() -> volumes.remove("u")).hasMessage("busy");
        assertThat(v).exists();
        exports.busy = false;
        volumes.remove("u");
        assertThat(directory.resolve("pods/u")).doesNotExist();
    }

    @Test
    void whatItUsesIsAskedOfWhoHasMountedIt() throws Exception {
        volumes.prepare(claiming(Struct.EMPTY, Struct.EMPTY, false), List.of());
        stats.round(Runnable::run);
        VolumeStats.Usage usage = stats.of("u").getFirst();
        assertThat(usage.used()).isEqualTo(new DiskUsage.Used(2, 20));
        assertThat(usage.claim()).contains("c");
    }
}
