package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletvolumes.HostPrograms;
import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.testkit.FakeApi;
import io.k3j.volumeapi.DriverVolumes;
import io.k3j.volumeapi.MountedVolume;
import io.k3j.volumeapi.VolumeDrivers;
import io.k3j.volumeapi.VolumeHost;
import io.k3j.volumeapi.VolumeRequest;
import io.k3j.volumeapi.VolumeUsage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whom the kubelet asks for volumes of drivers while those who know them come and go.
class CurrentDriversTest {
    @TempDir
    private Path directory;
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final List<String> events = new ArrayList<>();
    private Volumes volumes;
    private CurrentDrivers current;

    /// Mounts everything at a place of its name.
    private record Named(String name, List<String> events) implements VolumeDrivers, DriverVolumes {
        @Override
        public DriverVolumes open(VolumeHost host) {
            events.add(name + " opened for " + host.node());
            return this;
        }

        @Override
        public MountedVolume mount(VolumeRequest request) {
            return new MountedVolume(Path.of("/", name), false, false, "");
        }

        @Override
        public Path map(VolumeRequest request) {
            return Path.of("/", name);
        }

        @Override
        public void release(String uid) {
            events.add(name + " releases " + uid);
        }

        @Override
        public void prune() {
            events.add(name + " prunes");
        }

        @Override
        public Optional<VolumeUsage> usage(Path path) {
            return Optional.empty();
        }

        @Override
        public void apiAttached() {
            events.add(name + " watches");
        }

        @Override
        public void apiDetached() {
            events.add(name + " watches nobody");
        }

        @Override
        public void close() {
            events.add(name + " closed");
        }
    }

    @BeforeEach
    void begin() {
        ReferencedObjects references = new ReferencedObjects(api);
        volumes = new Volumes(directory.resolve("pods"), references,
                (_, _, _) -> Map.of(), new Mounts(),
                new HostPrograms(), InstantSource.system(),
                new VolumeStats(InstantSource.system(), InstantSource.system()), (pod, reason, message) -> {
                });
        current = new CurrentDrivers(new VolumeHost(directory, "n", api), volumes);
    }

    private Path mounted() {
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("uid", "u", "name", "p", "namespace", "ns"), "spec",
                Struct.of("volumes", Seq.of(Struct.of("name", "v", "csi", Struct.of("driver", "d"))), "containers",
                        Seq.of(Struct.of("name", "c", "volumeMounts", Seq.of(Struct.of("name", "v")))))));
        return volumes.prepare(pod, List.of()).get("v");
    }

    @Test
    void theLastThatCameIsAskedUntilItGoes() {
        Named first = new Named("first", events);
        Named second = new Named("second", events);
        assertThatThrownBy(this::mounted).isInstanceOf(ConfigError.class);
        current.attach(first);
        assertThat(mounted()).isEqualTo(Path.of("/first"));
        current.attach(second);
        current.detach(first);
        assertThat(mounted()).isEqualTo(Path.of("/second"));
        current.detach(second);
        assertThatThrownBy(this::mounted).isInstanceOf(ConfigError.class);
        assertThat(events).containsExactly("first opened for n", "first closed", "second opened for n",
                "second closed");
    }

    /// Who watched the last one on would keep it from being unloaded.
    @Test
    void theyHearWhoAnswersForTheApi() {
        current.apiAttached();
        current.attach(new Named("first", events));
        current.apiDetached();
        current.apiAttached();
        current.close();
        current.apiDetached();
        assertThat(events).containsExactly("first opened for n", "first watches nobody", "first watches",
                "first closed");
    }

    @Test
    void aKubeletThatHasStoppedAsksNobody() {
        current.attach(new Named("first", events));
        current.close();
        current.attach(new Named("second", events));
        assertThat(events).containsExactly("first opened for n", "first closed");
    }
}
