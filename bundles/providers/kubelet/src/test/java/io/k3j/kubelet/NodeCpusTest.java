package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kubeletconfig.KubeletDefaults;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.podallocation.NodeCpus;
import io.k3j.podallocation.NodeDevices;
import io.k3j.podallocation.NodeMemory;
import io.k3j.podallocation.NodeResources;
import io.k3j.podallocation.NodeTopology;
import io.k3j.podstatus.PodStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// Pods on a node of four CPUs, of which CPU 0 is reserved.
class NodeCpusTest extends PodScene {
    private static final Map<String, String> STATIC = Map.of("cpu-manager-policy", "static", "reserved-cpus", "0");
    private Path sys;
    private NodeCpus cpus;

    @Override
    NodeResources resources() throws IOException {
        sys = directory.resolve("sys");
        Files.createDirectories(sys.resolve("devices/system/cpu"));
        Files.writeString(sys.resolve("devices/system/cpu/online"), "0-3\n");
        cpus = node(STATIC);
        return of(cpus);
    }

    private static NodeResources of(NodeCpus cpus) {
        return new NodeResources(NodeDevices.none(), cpus, NodeMemory.none(), NodeTopology.none(), Optional.empty());
    }

    private NodeCpus node(Map<String, String> arguments) throws IOException {
        return NodeCpus.of(options(arguments), sys);
    }

    private KubeletOptions options(Map<String, String> arguments) throws IOException {
        Path root = Files.createDirectories(directory.resolve("node"));
        return new KubeletOptions("n", directory, root, directory.resolve("log/pods"), "/", List.of(), "cluster.local",
                arguments, new KubeletDefaults(directory, List.of(), List.of(), "cluster.local", "/etc/resolv.conf",
                        List.of()));
    }

    private static Struct asking(String cpu) {
        Struct amounts = Struct.of("cpu", cpu, "memory", "1Mi");
        return container("c").with("resources", Struct.of("limits", amounts, "requests", amounts));
    }

    private static Obj guaranteed(String uid, String cpu) {
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "uid", uid), "spec", spec(asking(cpu))));
    }

    private Optional<PodStatus.Waiting> refusal(Obj pod) {
        return of(cpus).refusal(pod);
    }

    private static final Struct LIMITED = Struct.of("cpuQuota", 200_000, "cpuPeriod", 100_000, "cpuShares", 2048);

    @Test
    void wholeCpusOfGuaranteedPodsAreTheirOwn() {
        assertThat(refusal(guaranteed("a", "2"))).isEmpty();
        assertThat(cpus.applied(guaranteed("a", "2"), container("c"), LIMITED))
                .isEqualTo(Struct.of("cpuShares", 2048, "cpusetCpus", "1-2"));
        assertThat(refusal(guaranteed("b", "1500m"))).isEmpty();
        assertThat(cpus.applied(guaranteed("b", "1500m"), container("c"), LIMITED))
                .isEqualTo(LIMITED.with("cpusetCpus", "0,3"));
        assertThat(refusal(guaranteed("d", "2")).map(w -> w.reason() + ": " + w.message()))
                .contains("UnexpectedAdmissionError: Allocate failed due to not enough cpus available to satisfy"
                        + " request: requested=2, available=1, which is unexpected");
        cpus.ended("a");
        assertThat(refusal(guaranteed("d", "2"))).isEmpty();
    }

    @Test
    void whoIsNotGuaranteedShares() {
        Obj burstable = Obj.of(Struct.of("metadata", Struct.of("name", "a", "uid", "a"), "spec", Struct.of("containers",
                Seq.of(container("c").with("resources", Struct.of("requests", Struct.of("cpu", "2")))))));
        assertThat(refusal(burstable)).isEmpty();
        assertThat(cpus.of("a", "c")).isEmpty();
    }

    @Test
    void aPodIsNotResizedToOtherCpusOfItsOwn() {
        assertThat(refusal(guaranteed("a", "1"))).isEmpty();
        assertThat(cpus.resizeRefusal(guaranteed("a", "1"), guaranteed("a", "1"))).isEmpty();
        for (String other : List.of("2", "1500m")) {
            assertThat(cpus.resizeRefusal(guaranteed("a", "1"), guaranteed("a", other)).map(PodStatus.Waiting::message))
                    .contains("Resize is infeasible for Guaranteed Pods alongside CPU Manager policy \"static\"");
        }
    }

    @Test
    void runningContainersLeaveTheCpusThatAnotherHasNow() throws Exception {
        Obj pod = pod("a", spec(container("c")));
        until(() -> called("start c"));
        until(() -> ready(pod));
        Thread loop = Thread.ofVirtual().start(() -> {
            try {
                cpus.run(runtime, workers, closed);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        until(() -> runtime.calls.stream().anyMatch(c -> c.startsWith("update c") && c.contains("0-3")));
        assertThat(refusal(guaranteed("b", "2"))).isEmpty();
        until(() -> runtime.calls.stream().anyMatch(c -> c.startsWith("update c") && c.contains("0,3")));
        loop.interrupt();
        loop.join();
    }

    @Test
    void aPodThatWasDeletedByForceKeepsItsCpusWhileItEnds() throws Exception {
        Obj pod = pod("a", spec(asking("1")));
        until(() -> ready(pod));
        CountDownLatch end = new CountDownLatch(1);
        runtime.stubborn.put("c", end);
        api.vanish(ReferencedObjects.PODS, pod.key());
        until(() -> called("stop c"));
        assertThat(cpus.of(pod.uid(), "c")).containsExactly(1);
        end.countDown();
        until(() -> !workers.knows(pod.uid()));
        assertThat(cpus.of(pod.uid(), "c")).isEmpty();
    }

    @Test
    void withoutThePolicyNothingIsSaid() throws IOException {
        NodeCpus none = node(Map.of());
        assertThat(of(none).refusal(guaranteed("a", "2"))).isEmpty();
        assertThat(none.applied(guaranteed("a", "2"), container("c"), LIMITED)).isEqualTo(LIMITED);
        assertThat(directory.resolve("node/cpu_manager_state")).doesNotExist();
    }

    @Test
    void aPodThatOneNumaNodeCannotHaveFailsWhereThatIsAskedFor() throws IOException {
        for (int node = 0; node < 2; node++) {
            Path directory = Files.createDirectories(sys.resolve("devices/system/node/node" + node));
            Files.writeString(directory.resolve("cpulist"), node == 0 ? "0-1\n" : "2-3\n");
        }
        KubeletOptions options = options(Map.of("cpu-manager-policy", "static", "reserved-cpus", "0",
                "topology-manager-policy", "single-numa-node"));
        NodeResources resources = new NodeResources(NodeDevices.none(), NodeCpus.of(options, sys),
                NodeMemory.none(), NodeTopology.of(options, sys), Optional.empty());
        assertThat(resources.refusal(guaranteed("a", "3")).map(w -> w.reason() + ": " + w.message()))
                .contains("TopologyAffinityError: Resources cannot be allocated with Topology locality");
        assertThat(resources.refusal(guaranteed("b", "2"))).isEmpty();
        assertThat(resources.cpus().of("b", "c")).containsExactly(2, 3);
        assertThatThrownBy(() -> NodeTopology.of(options(Map.of("topology-manager-policy", "numa")), sys))
                .hasMessageContaining("--kubelet-arg topology-manager-policy=numa: unknown policy");
        assertThatThrownBy(() -> NodeTopology.of(options(Map.of("topology-manager-policy", "restricted",
                "topology-manager-scope", "node")), sys)).hasMessageContaining("write container or pod");
    }

    @Test
    void optionsOfTheTopologyManagerAreOfTheMachine() throws IOException {
        for (int node = 0; node < 9; node++) {
            Path directory = Files.createDirectories(sys.resolve("devices/system/node/node" + node));
            Files.writeString(directory.resolve("cpulist"), node + "\n");
            Files.writeString(directory.resolve("distance"), "20 ".repeat(9) + "\n");
        }
        Files.writeString(sys.resolve("devices/system/cpu/online"), "0-8\n");
        Map<String, String> policy = Map.of("topology-manager-policy", "restricted");
        assertThatThrownBy(() -> NodeTopology.of(options(policy), sys))
                .hasMessageContaining("unsupported on machines with more than 8 NUMA Nodes")
                .hasMessageContaining("topology-manager-policy-options=max-allowable-numa-nodes=9");
        NodeTopology nine = NodeTopology.of(options(Map.of("topology-manager-policy", "restricted",
                "topology-manager-policy-options", "max-allowable-numa-nodes=9,prefer-closest-numa-nodes=true")), sys);
        assertThat(nine.machine()).isEqualTo(511);
        assertThat(nine.distances().rows()).hasSize(9);
    }

    @Test
    void podsAreJudgedOneAfterTheOtherWhereNumaNodesMatter() throws Exception {
        KubeletOptions options = options(Map.of("topology-manager-policy", "single-numa-node"));
        NodeResources resources = new NodeResources(NodeDevices.none(), cpus, NodeMemory.none(),
                NodeTopology.of(options, sys), Optional.empty());
        resources.topology().begin();
        CompletableFuture<Boolean> admitted = CompletableFuture
                .supplyAsync(() -> resources.refusal(guaranteed("a", "1")).isEmpty(), r -> Thread.ofVirtual().start(r));
        until(() -> resources.topology().turn().hasQueuedThreads());
        assertThat(resources.refusal(guaranteed("b", "1500m"))).as("it asks for nothing of a node").isEmpty();
        assertThat(admitted).isNotDone();
        resources.topology().end();
        assertThat(admitted.join()).isTrue();
    }

    @Test
    void aPartOfACoreIsRefusedWhereCoresAreWhole() throws IOException {
        for (int id = 0; id < 4; id++) {
            Path topology = Files.createDirectories(sys.resolve("devices/system/cpu/cpu" + id + "/topology"));
            Files.writeString(topology.resolve("core_id"), id % 2 + "\n");
        }
        NodeResources whole = of(node(Map.of("cpu-manager-policy", "static", "reserved-cpus", "0",
                "cpu-manager-policy-options", "full-pcpus-only=true")));
        assertThat(whole.refusal(guaranteed("a", "1")).map(w -> w.reason() + ": " + w.message()))
                .contains("SMTAlignmentError: SMT Alignment Error: requested 1 cpus not multiple cpus per core = 2");
        assertThat(whole.refusal(guaranteed("b", "2"))).isEmpty();
        assertThat(whole.cpus().of("b", "c")).containsExactly(1, 3);
    }

    @Test
    void whatCannotBeIsRefusedByName() {
        assertThatThrownBy(() -> node(Map.of("cpu-manager-policy-options", "full-pcpus-only=true")))
                .hasMessageContaining("None policy: received unsupported options");
        Map<String, String> alpha = Map.of("cpu-manager-policy", "static", "reserved-cpus", "0",
                "cpu-manager-policy-options", "align-by-socket=true");
        assertThatThrownBy(() -> node(alpha)).hasMessageContaining("CPU Manager Policy Alpha-level Options not enabled,"
                + " but option \"align-by-socket\" provided");
        Map<String, String> gated = new HashMap<>(alpha);
        gated.put("feature-gates", "CPUManagerPolicyAlphaOptions=true");
        assertThatCode(() -> node(gated)).doesNotThrowAnyException();
        gated.put("topology-manager-policy", "single-numa-node");
        assertThatThrownBy(() -> node(gated)).hasMessageContaining("is incompatible with CPUManager align-by-socket");
        assertThatThrownBy(() -> node(Map.of("cpu-manager-policy", "shared")))
                .hasMessageContaining("unknown policy: \"shared\"; write none or static");
        assertThatThrownBy(() -> node(Map.of("cpu-manager-policy", "static")))
                .hasMessageContaining("requires systemreserved.cpu + kubereserved.cpu to be greater than zero");
    }
}
