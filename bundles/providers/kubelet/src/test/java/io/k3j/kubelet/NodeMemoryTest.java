package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.podallocation.NodeCpus;
import io.k3j.podallocation.NodeDevices;
import io.k3j.podallocation.NodeMemory;
import io.k3j.podallocation.NodeResources;
import io.k3j.podallocation.NodeTopology;
import io.k3j.podstatus.PodStatus;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pods on a node of two NUMA nodes with two CPUs and 4 GiB each, of which 1 GiB is reserved.
class NodeMemoryTest {
    private static final Map<String, String> STATIC = Map.of("memory-manager-policy", "Static", "kube-reserved",
            "memory=1Gi", "system-reserved", "memory=1Gi", "reserved-memory", "0:memory=1Gi;1:memory=1Gi",
            "eviction-hard", "nodefs.available<5%");
    @TempDir
    private Path directory;
    private Path sys;

    @BeforeEach
    void begin() throws IOException {
        sys = directory.resolve("sys");
        Files.createDirectories(sys.resolve("devices/system/cpu"));
        Files.writeString(sys.resolve("devices/system/cpu/online"), "0-3\n");
        numaNode(0, "0-1\n");
        numaNode(1, "2-3\n");
    }

    private void numaNode(int number, String cpus) throws IOException {
        Path node = Files.createDirectories(sys.resolve("devices/system/node/node" + number));
        Files.writeString(node.resolve("cpulist"), cpus);
        Files.writeString(node.resolve("meminfo"), "Node " + number + " MemTotal: " + (4 << 20) + " kB\n");
    }

    private NodeResources node(Map<String, String> more) throws IOException {
        Map<String, String> arguments = new HashMap<>(STATIC);
        arguments.putAll(more);
        KubeletOptions options = new KubeletOptions("n", directory, directory, directory.resolve("log/pods"), "/",
                List.of(), "cluster.local", arguments, new KubeletDefaults(directory, List.of(), List.of(),
                        "cluster.local", "/etc/resolv.conf", List.of()));
        return new NodeResources(NodeDevices.none(), NodeCpus.of(options, sys),
                NodeMemory.of(options, sys, 8L << 30), NodeTopology.of(options, sys), Optional.empty());
    }

    private static Struct container(String name, String cpu, String memory) {
        Struct amounts = Struct.of("cpu", cpu, "memory", memory);
        return Struct.of("name", name, "resources", Struct.of("limits", amounts, "requests", amounts));
    }

    private static Obj pod(String uid, Struct... containers) {
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "uid", uid), "spec",
                Struct.of("containers", Seq.of((Object[]) containers))));
    }

    private static Obj guaranteed(String uid, String cpu, String memory) {
        return pod(uid, container("c", cpu, memory));
    }

    private static String refusal(NodeResources node, Obj pod) {
        return node.refusal(pod).map(w -> w.reason() + ": " + w.message()).orElse("");
    }

    private static String nodes(NodeResources node, String uid) {
        return node.applied(guaranteed(uid, "1", "1Gi"), container("c", "1", "1Gi"), Struct.EMPTY).text("cpusetMems");
    }

    @Test
    void theRuntimeIsToldTheNumaNodesOfAGuaranteedPod() throws IOException {
        NodeResources node = node(Map.of());
        assertThat(refusal(node, guaranteed("a", "1", "2Gi"))).isEmpty();
        assertThat(nodes(node, "a")).isEqualTo("0");
        assertThat(refusal(node, guaranteed("b", "1", "2Gi"))).isEmpty();
        assertThat(nodes(node, "b")).isEqualTo("1");
        assertThat(refusal(node, guaranteed("d", "1", "2Gi"))).isEqualTo("UnexpectedAdmissionError: Allocate failed due"
                + " to [memorymanager] failed to get the default NUMA affinity, no NUMA nodes with enough memory is"
                + " available, which is unexpected");
        node.ended("a");
        assertThat(refusal(node, guaranteed("d", "1", "2Gi"))).isEmpty();
    }

    @Test
    void aPodHasAllOfItsContainersMemoryOrNone() throws IOException {
        NodeResources node = node(Map.of());
        assertThat(refusal(node, pod("a", container("c", "1", "2Gi"), container("d", "1", "4Gi")))).isNotEmpty();
        assertThat(nodes(node, "a")).isEmpty();
        assertThat(refusal(node, guaranteed("b", "1", "3Gi"))).isEmpty();
    }

    @Test
    void otherPodsHaveTheirMemoryFromAnywhere() throws IOException {
        NodeResources node = node(Map.of());
        Obj burstable = pod("a", Struct.of("name", "c", "resources",
                Struct.of("requests", Struct.of("memory", "1Gi"))));
        assertThat(refusal(node, burstable)).isEmpty();
        assertThat(nodes(node, "a")).isEmpty();
        NodeResources without = node(Map.of("memory-manager-policy", "None"));
        assertThat(refusal(without, guaranteed("b", "1", "2Gi"))).isEmpty();
        assertThat(nodes(without, "b")).isEmpty();
    }

    @Test
    void memoryAndCpusAreOfTheSameNode() throws IOException {
        NodeResources node = node(Map.of("topology-manager-policy", "single-numa-node", "cpu-manager-policy", "static",
                "reserved-cpus", "0"));
        assertThat(refusal(node, guaranteed("m", "500m", "3Gi"))).isEmpty();
        assertThat(nodes(node, "m")).as("all that node 0 has").isEqualTo("0");
        assertThat(refusal(node, guaranteed("a", "2", "1Gi"))).isEmpty();
        assertThat(node.cpus().of("a", "c")).containsExactly(2, 3);
        assertThat(nodes(node, "a")).isEqualTo("1");
        assertThat(refusal(node, guaranteed("b", "1", "1Gi"))).as("a CPU is free of node 0, memory of node 1")
                .isEqualTo("TopologyAffinityError: Resources cannot be allocated with Topology locality");
        assertThat(node.cpus().of("b", "c")).isEmpty();
    }

    @Test
    void containersOfAPodThatNeedsAllNodesHaveThemTogether() throws IOException {
        NodeResources node = node(Map.of("topology-manager-policy", "restricted", "topology-manager-scope", "pod"));
        assertThat(refusal(node, pod("a", container("c", "1", "2Gi"), container("d", "1", "2Gi"),
                container("e", "1", "2Gi")))).isEmpty();
        assertThat(nodes(node, "a")).isEqualTo("0,1");
    }

    @Test
    void aPodWhoseMemoryIsNotOfOneGroupOfNodesWaitsForItsTurn() throws Exception {
        NodeResources node = node(Map.of("topology-manager-policy", "single-numa-node"));
        assertThat(refusal(node, guaranteed("a", "1", "1Gi"))).isEmpty();
        Obj pod = pod("b", container("c", "1", "2Gi"), container("d", "1", "3Gi"));
        node.topology().begin();
        CompletableFuture<String> refusal = CompletableFuture.supplyAsync(() -> refusal(node, pod),
                r -> Thread.ofVirtual().start(r));
        Waiting.until("it waits", () -> node.topology().turn().hasQueuedThreads());
        node.topology().end();
        assertThat(refusal.join()).isEmpty();
    }

    @Test
    void aPodThatHasItsShareIsAdmittedByTheNextKubelet() throws IOException {
        Map<String, String> whole = Map.of("topology-manager-policy", "single-numa-node", "topology-manager-scope",
                "pod", "cpu-manager-policy", "static", "reserved-cpus", "0");
        Obj pod = pod("a", container("c", "1", "1Gi"), container("d", "1", "2Gi"));
        assertThat(refusal(node(whole), pod)).isEmpty();
        NodeResources next = node(whole);
        assertThat(refusal(next, pod)).as("nobody else has what it has").isEmpty();
        assertThat(nodes(next, "a")).isEqualTo("1");
        assertThat(next.cpus().of("a", "c")).hasSize(1);
        assertThat(refusal(next, guaranteed("b", "2", "1Gi"))).startsWith("TopologyAffinityError");
    }

    @Test
    void aPodIsNotResizedToOtherMemory() throws IOException {
        NodeResources node = node(Map.of());
        assertThat(refusal(node, guaranteed("a", "1", "1Gi"))).isEmpty();
        Obj given = guaranteed("a", "1", "1Gi");
        assertThat(node.resizeRefusal(given, guaranteed("a", "2", "1Gi"))).isEmpty();
        assertThat(node.resizeRefusal(given, guaranteed("a", "1", "2Gi")).map(PodStatus.Waiting::message))
                .contains("Resize is infeasible for Guaranteed Pods alongside Memory Manager policy \"Static\"");
    }

    @Test
    void whatCannotBeIsRefusedByName() throws IOException {
        assertThatThrownBy(() -> node(Map.of("memory-manager-policy", "static")))
                .hasMessageContaining("unknown policy: \"static\"; write None or Static");
        assertThatThrownBy(() -> node(Map.of("reserved-memory", "0:memory=1Gi")))
                .hasMessageContaining("is not equal to the value \"2Gi\" determined by Node Allocatable feature");
        assertThatThrownBy(() -> node(Map.of("eviction-hard", "memory.available<1Gi")))
                .hasMessageContaining("is not equal to the value \"3Gi\"");
        for (int number = 2; number <= 16; number++) {
            numaNode(number, "\n");
        }
        assertThatThrownBy(() -> node(Map.of()))
                .hasMessageContaining("unsupported on machines with more than 16 NUMA nodes");
    }
}
