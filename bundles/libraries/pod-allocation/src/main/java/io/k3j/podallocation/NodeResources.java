package io.k3j.podallocation;

import io.k3j.componentbase.SupervisedLoop;
import io.k3j.kubeletcpus.SmtAlignmentFault;
import io.k3j.kubeletdevices.DeviceFault;
import io.k3j.kubeletdevices.PodDeviceRequest;
import io.k3j.kubeletdevices.PodResourcesServer;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubelettopology.HintProvider;
import io.k3j.kubelettopology.NumaSupply;
import io.k3j.kubelettopology.TopologyHint;
import io.k3j.kubelettopology.TopologyPolicy;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodestatus.MachineInfo;
import io.k3j.podstatus.PodStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// What containers have of this node for themselves: devices, CPUs and memory of NUMA nodes. Any thread.
///
/// @param devices of plug-ins
/// @param cpus of the machine
/// @param memory of the machine
/// @param topology from which NUMA nodes
/// @param server tells who has what; empty where nobody may ask
public record NodeResources(NodeDevices devices, NodeCpus cpus, NodeMemory memory, NodeTopology topology,
        Optional<PodResourcesServer> server) implements AutoCloseable {
    /// A node that gives nothing.
    public static NodeResources none() {
        return new NodeResources(NodeDevices.none(), NodeCpus.none(), NodeMemory.none(), NodeTopology.none(),
                Optional.empty());
    }

    /// Those of this machine.
    /// @param options where the kubelet's directory is, and the policies
    /// @param sys where `/sys` is
    /// @param pods of this node; asked for once the loops run
    /// @throws IllegalArgumentException for policies that cannot be, and what to type
    public static NodeResources of(KubeletOptions options, Path sys, NodeDevices devices,
            Supplier<? extends KnownPods> pods) throws IOException {
        NodeCpus cpus = NodeCpus.of(options, sys);
        Path root = options.rootDir().toAbsolutePath();
        NodeMemory memory = NodeMemory.of(options, sys, MachineInfo.memory("MemTotal:"));
        return new NodeResources(devices, cpus, memory, NodeTopology.of(options, sys), devices.manager()
                .map(manager -> new PodResourcesServer(root, manager, cpus, memory, () -> active(pods.get()))));
    }

    private static Collection<Obj> active(KnownPods pods) {
        return pods.all().stream().map(KnownPods.Pod::pod).filter(pod -> !PodSpecs.finished(pod)).toList();
    }

    /// Begins to serve whoever asks.
    /// @param loops given each loop by its name
    /// @param closed reaches zero when the kubelet stops
    public void begin(BiConsumer<String, SupervisedLoop.Work> loops, ContainerRuntime runtime, KnownPods pods,
            CountDownLatch closed) {
        devices.begin(loops, closed);
        server.ifPresent(resources -> loops.accept("kubelet-pod-resources", () -> resources.run(closed)));
        loops.accept("kubelet-cpus", () -> cpus.run(runtime, pods, closed));
        loops.accept("kubelet-memory", () -> memory.run(pods, closed));
    }

    /// Why a pod cannot have what it asks for; empty when it has all of it, until [#ended].
    /// @throws RuntimeFault when the kubelet stops meanwhile
    public Optional<PodStatus.Waiting> refusal(Obj pod) {
        boolean whole = false;
        try {
            Optional<PodStatus.Waiting> refusal = given(pod);
            whole = refusal.isEmpty();
            return refusal;
        } catch (CancellationException e) {
            throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "the kubelet stops");
        } catch (SmtAlignmentFault e) {
            return Optional.of(new PodStatus.Waiting(SmtAlignmentFault.REASON, String.valueOf(e.getMessage())));
        } catch (DeviceFault | IllegalStateException | IOException e) {
            return Optional.of(new PodStatus.Waiting("UnexpectedAdmissionError",
                    "Allocate failed due to " + e.getMessage() + ", which is unexpected"));
        } finally {
            if (!whole) {
                ended(pod.uid());
            }
        }
    }

    /// One pod and what it asks for of each kind.
    private record Asked(Obj pod, Optional<PodDeviceRequest> devices, NodeCpus.Request cpus,
            NodeMemory.Request memory) {
        /// Whether something that is asked for lies near NUMA nodes, even where it cannot be had for all together.
        boolean any() {
            return memory.any() || !supplies().isEmpty();
        }

        /// What a container asks for that lies near NUMA nodes.
        List<HintProvider> supplies(Struct container) {
            return together(cpus.supplies(container), devices.map(own -> own.supplies(container)).orElse(List.of()),
                    memory.supplies(container));
        }

        /// What all containers ask for together, of each kind unless they have it.
        List<HintProvider> supplies() {
            return together(cpus.supplies(), devices.filter(own -> !own.has())
                    .map(own -> own.supplies(whole(pod))).orElse(List.of()), memory.supplies());
        }

        private static List<HintProvider> together(List<HintProvider> ofCpus, List<NumaSupply> ofDevices,
                List<HintProvider> ofMemory) {
            List<HintProvider> all = new ArrayList<>(ofCpus);
            all.addAll(ofDevices);
            all.addAll(ofMemory);
            return all;
        }
    }

    private Optional<PodStatus.Waiting> given(Obj pod) throws DeviceFault, IOException {
        Asked asked = new Asked(pod, devices.request(pod), cpus.request(pod), memory.request(pod));
        if (topology.policy() == TopologyPolicy.NONE || !asked.any()) {
            return given(asked);
        }
        topology.begin();
        try {
            return given(asked);
        } finally {
            topology.end();
        }
    }

    private Optional<PodStatus.Waiting> given(Asked asked) throws DeviceFault, IOException {
        Optional<TopologyHint> ofPod = topology.ofPods() ? topology.nodes(supplies(asked::supplies))
                : Optional.empty();
        List<Struct> all = new ArrayList<>(PodSpecs.initContainers(asked.pod()));
        int first = all.size();
        all.addAll(PodSpecs.containers(asked.pod()));
        for (int i = 0; i < all.size(); i++) {
            Struct container = all.get(i);
            Optional<TopologyHint> near = topology.ofPods() ? ofPod
                    : topology.nodes(supplies(() -> asked.supplies(container)));
            if (near.isEmpty()) {
                return Optional.of(new PodStatus.Waiting("TopologyAffinityError",
                        "Resources cannot be allocated with Topology locality"));
            }
            give(asked, container, i < first && !PodSpecs.sidecar(container), near.get());
        }
        if (asked.devices().isPresent()) {
            devices.keep(asked.devices().get());
        }
        return Optional.empty();
    }

    private void give(Asked asked, Struct container, boolean ends, TopologyHint near) throws DeviceFault, IOException {
        long nodes = topology.better(near);
        if (asked.devices().isPresent()) {
            asked.devices().get().give(container, ends, nodes);
        }
        asked.cpus().give(container, ends, nodes);
        asked.memory().give(container, ends, near);
    }

    /// Nothing where nobody looks at NUMA nodes.
    private List<HintProvider> supplies(Supplier<List<HintProvider>> asked) {
        return topology.policy() == TopologyPolicy.NONE ? List.of() : asked.get();
    }

    /// A container that asks for what the pod's ask for together.
    private static Struct whole(Obj pod) {
        Struct.Builder amounts = Struct.builder();
        PodResources.requests(pod).forEach((name, amount) -> amounts.put(name, Long.toString(amount)));
        return Struct.of("resources", Struct.of("limits", amounts.build()));
    }

    /// CRI's `LinuxContainerResources` with the CPUs and the NUMA nodes that a container may use.
    public Struct applied(Obj pod, Struct container, Struct linux) {
        return memory.applied(pod, container, cpus.applied(pod, container, linux));
    }

    /// Why a changed pod cannot have what it asks for while it runs.
    ///
    /// @param given the pod with what it has
    public Optional<PodStatus.Waiting> resizeRefusal(Obj given, Obj changedPod) {
        return cpus.resizeRefusal(given, changedPod).or(() -> memory.resizeRefusal(given, changedPod));
    }

    /// Gives back what a pod has.
    public void ended(String uid) {
        devices.ended(uid);
        cpus.ended(uid);
        memory.ended(uid);
    }

    /// Ends the sockets; after the loops. Plug-ins that watch them hear of it.
    @Override
    public void close() {
        server.ifPresent(PodResourcesServer::close);
        devices.close();
    }
}
