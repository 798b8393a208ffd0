package io.k3j.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

class ContainerResourcesTest {
    @Test
    void tellsTheQosClass() {
        assertThat(ContainerResources.qosClass(pod(Struct.EMPTY))).isEqualTo("BestEffort");
        assertThat(ContainerResources.qosClass(pod(Struct.of("requests", Struct.of("cpu", "1")))))
                .isEqualTo("Burstable");
        assertThat(ContainerResources.qosClass(pod(Struct.of("limits", Struct.of("cpu", "1", "memory", "1Gi")))))
                .isEqualTo("Guaranteed");
    }

    @Test
    void turnsLimitsIntoTheKernelsUnits() {
        Obj pod = pod(Struct.of("limits", Struct.of("cpu", "500m", "memory", "64Mi"), "requests",
                Struct.of("cpu", "250m")));
        Struct linux = ContainerResources.linux(pod, PodSpecs.containers(pod).getFirst(), 1L << 30);
        assertThat(linux.whole("cpuQuota", 0)).isEqualTo(50_000);
        assertThat(linux.whole("cpuShares", 0)).isEqualTo(256);
        assertThat(linux.whole("memoryLimitInBytes", 0)).isEqualTo(64L << 20);
    }

    @Test
    void onlyNodeCriticalPodsAreKilledLastWhateverTheyAskFor() {
        Obj pod = pod(Struct.EMPTY);
        Obj cluster = pod.with("system-cluster-critical", "spec", "priorityClassName").with(2_000_000_000L, "spec",
                "priority");
        Obj node = pod.with("system-node-critical", "spec", "priorityClassName");
        assertThat(ContainerResources.oomScore(cluster, Struct.EMPTY, 1L << 30)).isEqualTo(1000);
        assertThat(ContainerResources.oomScore(node.with(2_000_001_000L, "spec", "priority"), Struct.EMPTY, 1L << 30))
                .isEqualTo(-997);
        // no admission has looked up the priority of a static pod
        assertThat(ContainerResources.oomScore(node.with("file", "metadata", "annotations",
                "kubernetes.io/config.source"), Struct.EMPTY, 1L << 30)).isEqualTo(-997);
        assertThat(ContainerResources.oomScore(node, Struct.EMPTY, 1L << 30)).isEqualTo(1000);
    }

    private static Obj pod(Struct resources) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "ns", "uid", "u"), "spec",
                Struct.of("containers", Seq.of(Struct.of("name", "c", "resources", resources)))));
    }

    @Test
    void aContainerWithoutLimitsHasThoseOfItsPod() {
        Obj pod = Obj.of(Struct.of("spec", Struct.of("resources",
                Struct.of("limits", Struct.of("cpu", "2", "memory", "1Gi")))));
        Struct own = Struct.of("name", "c", "resources", Struct.of("limits", Struct.of("memory", "64Mi")));
        assertThat(ContainerResources.linux(pod, own, 1L << 30).whole("cpuQuota", 0)).isEqualTo(200_000);
        assertThat(ContainerResources.linux(pod, own, 1L << 30).whole("memoryLimitInBytes", 0)).isEqualTo(64L << 20);
        assertThat(ContainerResources.linux(pod, Struct.of("name", "d"), 1L << 30).whole("memoryLimitInBytes", 0))
                .isEqualTo(1L << 30);
    }
}
