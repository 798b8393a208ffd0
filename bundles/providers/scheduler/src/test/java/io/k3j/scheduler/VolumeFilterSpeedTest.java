package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.ClaimedVolumes;
import io.k3j.schedulercache.ClusterState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What a pod's volumes cost the scheduler, by CPU time of this thread: where others use the machine, too, a processor
/// does a fifth of what it does otherwise, or less.
class VolumeFilterSpeedTest {
    private static final long SECOND = Boolean.getBoolean("k3j.full") ? 1_000_000_000L : 10_000_000_000L;
    private final List<Obj> volumes = new ArrayList<>();

    private final class Storage implements ClaimedVolumes {
        @Override
        public Optional<Obj> claim(Key key) {
            return Optional.of(Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolumeClaim", "metadata",
                    Struct.of("name", key.name(), "namespace", key.namespace(), "uid", key.name()), "spec",
                    Struct.of("storageClassName", "local", "accessModes", Seq.of("ReadWriteOnce"), "resources",
                            Struct.of("requests", Struct.of("storage", "1Gi"))),
                    "status", Struct.of("phase", "Pending"))));
        }

        @Override
        public Optional<Obj> volume(String name) {
            return volumes.stream().filter(v -> v.name().equals(name)).findFirst();
        }

        @Override
        public List<Obj> volumesOf(String storageClass) {
            return List.copyOf(volumes);
        }

        @Override
        public Optional<Obj> storageClass(String name) {
            return Optional.of(Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass", "metadata",
                    Struct.of("name", name), "provisioner", "rancher.io/local-path", "volumeBindingMode",
                    "WaitForFirstConsumer")));
        }
    }

    private Snapshot nodes(int count) {
        ClusterState cluster = new ClusterState(n -> Map.of(), new Storage());
        for (int i = 0; i < count; i++) {
            cluster.put(Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                    Struct.of("name", "n" + i, "labels", Struct.of("kubernetes.io/hostname", "n" + i)), "status",
                    Struct.of("allocatable", Struct.of("cpu", "32", "memory", "128Gi", "pods", "110")))));
        }
        return cluster.snapshot();
    }

    private static PodInfo pod(int mounts) {
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < mounts; i++) {
            all.add(Struct.of("name", "v" + i, "persistentVolumeClaim", Struct.of("claimName", "data")));
        }
        return new PodInfo(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "uid", "u"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i")), "volumes", Seq.copyOf(all)))));
    }

    private static long nanosOf(PodInfo pod, Snapshot snapshot) {
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        assertThat(Placement.of(SchedulerProfile.DEFAULT, pod, snapshot, 0, new Random(1), SchedulerBed.untimed()))
                .isInstanceOf(Placement.Found.class);
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
    }

    private static Obj local(int i, Struct ref) {
        Struct term = Struct.of("matchExpressions", Seq.of(Struct.of("key", "kubernetes.io/hostname", "operator", "In",
                "values", Seq.of("n" + i))));
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolume", "metadata",
                Struct.of("name", "pv" + i), "spec",
                Struct.of("storageClassName", "local", "capacity", Struct.of("storage", "5Gi"), "accessModes",
                        Seq.of("ReadWriteOnce"), "claimRef", ref, "nodeAffinity",
                        Struct.of("required", Struct.of("nodeSelectorTerms", Seq.of(term))))));
    }

    @Test
    void aClaimListedTwentyThousandTimesCostsWhatItCostsOnce() {
        assertThat(nanosOf(pod(20_000), nodes(1))).isLessThan(SECOND);
    }

    @Test
    void othersVolumesAreNotReadForEveryNode() {
        for (int i = 0; i < 2_000; i++) {
            volumes.add(local(i, Struct.of("name", "c" + i, "namespace", "default", "uid", "c" + i)));
        }
        Snapshot snapshot = nodes(200);
        nanosOf(pod(1), snapshot);
        assertThat(nanosOf(pod(1), snapshot)).isLessThan(SECOND / 20);
    }
}
