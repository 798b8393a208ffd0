package io.k3j.podallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.cgroups.ContainerResources;
import io.k3j.kubeletconfig.ReservedResources;
import io.k3j.kubeletdevices.ExclusiveMemory;
import io.k3j.kubeletmemory.MemoryBlock;
import io.k3j.kubeletmemory.MemoryTopology;
import io.k3j.kubeletmemory.ReservedMemory;
import io.k3j.kubeletmemory.ReusableMemory;
import io.k3j.kubeletmemory.StaticMemory;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubelettopology.HintProvider;
import io.k3j.kubelettopology.TopologyHint;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.podstatus.PodStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Memory that containers have of certain NUMA nodes, by `--kubelet-arg memory-manager-policy=Static`: that of
/// guaranteed pods. Without that argument nothing here does anything. Any thread. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/>.
public final class NodeMemory implements ExclusiveMemory {
    private static final String POLICY = "memory-manager-policy";
    /// What a choice costs doubles with each node.
    private static final int MOST_NODES = 16;
    /// How often it is looked whose pods have gone.
    private static final long FORGET_SECONDS = 10;
    private final Optional<StaticMemory> memory;
    /// The loop's.
    private Set<String> absent = Set.of();

    private NodeMemory(Optional<StaticMemory> memory) {
        this.memory = memory;
    }

    /// All containers have their memory from anywhere.
    public static NodeMemory none() {
        return new NodeMemory(Optional.empty());
    }

    /// By the options. Reads the machine's NUMA nodes and the state of the kubelet before.
    /// @param sys where `/sys` is
    /// @param bytes of the machine
    /// @throws IllegalArgumentException with upstream's words for what cannot be, and what to type
    public static NodeMemory of(KubeletOptions options, Path sys, long bytes) throws IOException {
        ReservedMemory reserved = ReservedMemory.parse(options.arguments().getOrDefault("reserved-memory", ""));
        String policy = options.arguments().getOrDefault(POLICY, "None");
        if (policy.equals("None") || policy.equals("none") || policy.isEmpty()) {
            return none();
        }
        if (!policy.equals("Static")) {
            throw new IllegalArgumentException("--kubelet-arg " + POLICY + "=" + policy + ": unknown policy: \""
                    + policy + "\"; write None or Static");
        }
        MemoryTopology topology = MemoryTopology.read(sys, bytes);
        if (topology.total().size() > MOST_NODES) {
            throw new IllegalArgumentException("--kubelet-arg " + POLICY + "=" + policy + ": unsupported on machines"
                    + " with more than " + MOST_NODES + " NUMA nodes; leave it out, or write None");
        }
        reserved.check(topology, kept(options, bytes).value());
        return new NodeMemory(Optional.of(new StaticMemory(options.rootDir(), topology, reserved)));
    }

    /// What the node keeps from its pods, of which no CPU is looked at.
    private static Quantity kept(KubeletOptions options, long bytes) {
        return options.reserved(ReservedResources.MOST_CPUS).amount(MemoryTopology.MEMORY)
                .add(options.evictions().reservation(MemoryTopology.MEMORY, bytes));
    }

    /// How many bytes of each type a container is to have of certain NUMA nodes.
    private static Map<String, Long> wanted(Obj pod, Struct container) {
        if (!PodSpecs.resources(pod).isEmpty() || !ContainerResources.qosClass(pod).equals("Guaranteed")) {
            return Map.of();
        }
        Struct resources = container.struct("resources");
        Map<String, Long> all = new TreeMap<>();
        for (Struct amounts : List.of(resources.struct("limits"), resources.struct("requests"))) {
            amounts.forEach((type, amount) -> {
                long bytes = Quantity.of(amount).value();
                if (bytes > 0 && (type.equals(MemoryTopology.MEMORY) || type.startsWith(MemoryTopology.HUGE_PAGES))) {
                    all.put(type, bytes);
                }
            });
        }
        return all;
    }

    /// The memory that one pod asks for, given to its containers in their order: init containers first. One thread.
    final class Request {
        private final Obj pod;
        private final ReusableMemory reusable;

        private Request(Obj pod) {
            this.pod = pod;
            reusable = new ReusableMemory(pod.uid());
        }

        /// Whether a container asks for some, to be had or not.
        boolean any() {
            return memory.isPresent() && PodSpecs.all(pod).stream().anyMatch(c -> !wanted(pod, c).isEmpty());
        }

        /// What a container asks for and does not have yet.
        List<HintProvider> supplies(Struct container) {
            boolean has = memory.isEmpty() || !memory.get().blocks(pod.uid(), container.text("name")).isEmpty();
            return has ? List.of() : memory.get().providers(wanted(pod, container), reusable);
        }

        /// What all containers ask for together, unless they have it: those that stay at once, or an init container
        /// with sidecars before it.
        List<HintProvider> supplies() {
            Map<String, Long> first = new TreeMap<>();
            Map<String, Long> together = new TreeMap<>();
            for (Struct container : PodSpecs.initContainers(pod)) {
                Map<String, Long> own = wanted(pod, container);
                if (PodSpecs.sidecar(container)) {
                    own.forEach((type, bytes) -> together.merge(type, bytes, Quantity::sum));
                } else {
                    own.forEach((type, bytes) -> first.merge(type,
                            Quantity.sum(bytes, together.getOrDefault(type, 0L)), Math::max));
                }
            }
            for (Struct container : PodSpecs.containers(pod)) {
                wanted(pod, container).forEach((type, bytes) -> together.merge(type, bytes, Quantity::sum));
            }
            first.forEach((type, bytes) -> together.merge(type, bytes, Math::max));
            boolean has = memory.isEmpty() || memory.get().pods().contains(pod.uid());
            return has ? List.of() : memory.get().providers(together, reusable);
        }

        /// Gives a container what it asks for.
        /// @param ends whether what it has is free for those that come after it
        /// @param near the NUMA nodes from which it is to be taken; none where it does not matter
        /// @throws IllegalStateException with upstream's words when it cannot be had
        /// @throws IOException when it cannot be written
        void give(Struct container, boolean ends, TopologyHint near) throws IOException {
            Map<String, Long> bytes = memory.isEmpty() ? Map.of() : wanted(pod, container);
            if (!bytes.isEmpty()) {
                memory.get().allocate(container.text("name"), bytes, reusable, ends, near);
            }
        }
    }

    /// Begins to give a pod the memory that it asks for; [#ended] gives it back.
    Request request(Obj pod) {
        return new Request(pod);
    }

    /// Gives back what a pod has.
    public void ended(String uid) {
        memory.ifPresent(all -> all.free(uid));
    }

    /// Why a changed pod cannot have what it asks for while it runs.
    public Optional<PodStatus.Waiting> resizeRefusal(Obj given, Obj changedPod) {
        boolean fine = memory.isEmpty() || !ContainerResources.qosClass(changedPod).equals("Guaranteed")
                || Requirements.sameRequests(given, changedPod, PodResources.MEMORY);
        return fine ? Optional.empty() : Optional.of(new PodStatus.Waiting("Infeasible",
                "Resize is infeasible for Guaranteed Pods alongside Memory Manager policy \"Static\""));
    }

    /// CRI's `LinuxContainerResources` with the NUMA nodes that a container may have memory of.
    public Struct applied(Obj pod, Struct container, Struct linux) {
        String nodes = memory.map(all -> all.nodes(pod.uid(), container.text("name"))).orElse("");
        return nodes.isEmpty() ? linux : linux.with("cpusetMems", nodes);
    }

    @Override
    public List<Block> memory(String pod, String container) {
        return memory.map(all -> told(all.blocks(pod, container))).orElse(List.of());
    }

    @Override
    public List<Block> allocatableMemory() {
        return memory.map(all -> told(all.allocatable())).orElse(List.of());
    }

    private static List<Block> told(List<MemoryBlock> blocks) {
        return blocks.stream().map(block -> new Block(block.type(), block.size(),
                block.nodes().stream().map(Integer::longValue).toList())).toList();
    }

    /// Gives back what pods have that have gone while no kubelet was there, until interrupted.
    void run(KnownPods pods, CountDownLatch closed) throws InterruptedException {
        while (memory.isPresent() && !closed.await(FORGET_SECONDS, TimeUnit.SECONDS)) {
            forgetEnded(memory.get(), pods);
        }
    }

    /// Twice not among the living: one that has just come may not have been there when they were counted.
    private void forgetEnded(StaticMemory all, KnownPods pods) {
        Set<String> gone = new HashSet<>(all.pods());
        pods.living().ifPresentOrElse(gone::removeAll, gone::clear);
        gone.stream().filter(absent::contains).forEach(this::ended);
        absent = gone;
    }
}
