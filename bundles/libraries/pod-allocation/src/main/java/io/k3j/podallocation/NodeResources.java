package io.k3j.podallocation;

import io.k3j.componentbase.SupervisedLoop;
import io.k3j.kubeletdevices.DeviceFault;
import io.k3j.kubeletdevices.PodDeviceRequest;
import io.k3j.kubeletdevices.PodResourcesServer;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubelettopology.NumaSupply;
import io.k3j.kubelettopology.TopologyPolicy;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.podstatus.PodStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// What containers have of this node for themselves: devices and CPUs. Any thread.
///
/// @param devices of plug-ins
/// @param cpus of the machine
/// @param topology from which NUMA nodes
/// @param server tells who has what; empty where nobody may ask
public record NodeResources(NodeDevices devices, NodeCpus cpus, NodeTopology topology,
        Optional<PodResourcesServer> server) implements AutoCloseable {
    /// A node that gives nothing.
    public static NodeResources none() {
        return new NodeResources(NodeDevices.none(), NodeCpus.none(), NodeTopology.none(), Optional.empty());
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
        return new NodeResources(devices, cpus, NodeTopology.of(options, sys), devices.manager()
                .map(manager -> new PodResourcesServer(root, manager, cpus, () -> active(pods.get()))));
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
        } catch (DeviceFault | IllegalStateException | IOException e) {
            return Optional.of(new PodStatus.Waiting("UnexpectedAdmissionError",
                    "Allocate failed due to " + e.getMessage() + ", which is unexpected"));
        } finally {
            if (!whole) {
                ended(pod.uid());
            }
        }
    }

    private Optional<PodStatus.Waiting> given(Obj pod) throws DeviceFault, IOException {
        Optional<PodDeviceRequest> asked = devices.request(pod);
        NodeCpus.Request own = cpus.request(pod);
        if (topology.policy() == TopologyPolicy.NONE || supplies(asked, whole(pod), own.supplies()).isEmpty()) {
            return given(pod, asked, own);
        }
        topology.begin();
        try {
            return given(pod, asked, own);
        } finally {
            topology.end();
        }
    }

    private Optional<PodStatus.Waiting> given(Obj pod, Optional<PodDeviceRequest> asked, NodeCpus.Request own)
            throws DeviceFault, IOException {
        OptionalLong ofPod = OptionalLong.of(0);
        if (topology.ofPods()) {
            ofPod = topology.nodes(supplies(asked, whole(pod), own.supplies()));
        }
        List<Struct> all = new ArrayList<>(PodSpecs.initContainers(pod));
        int first = all.size();
        all.addAll(PodSpecs.containers(pod));
        for (int i = 0; i < all.size(); i++) {
            Struct container = all.get(i);
            OptionalLong nodes = topology.ofPods() ? ofPod
                    : topology.nodes(supplies(asked, container, own.supplies(container)));
            if (nodes.isEmpty()) {
                return Optional.of(new PodStatus.Waiting("TopologyAffinityError",
                        "Resources cannot be allocated with Topology locality"));
            }
            boolean ends = i < first && !PodSpecs.sidecar(container);
            if (asked.isPresent()) {
                asked.get().give(container, ends, nodes.getAsLong());
            }
            own.give(container, ends, nodes.getAsLong());
        }
        if (asked.isPresent()) {
            devices.keep(asked.get());
        }
        return Optional.empty();
    }

    /// Nothing where nobody looks at NUMA nodes.
    private List<NumaSupply> supplies(Optional<PodDeviceRequest> asked, Struct container, List<NumaSupply> ofCpus) {
        if (topology.policy() == TopologyPolicy.NONE) {
            return List.of();
        }
        List<NumaSupply> all = new ArrayList<>(ofCpus);
        asked.ifPresent(request -> all.addAll(request.supplies(container)));
        return all;
    }

    /// A container that asks for what the pod's ask for together.
    private static Struct whole(Obj pod) {
        Struct.Builder amounts = Struct.builder();
        PodResources.requests(pod).forEach((name, amount) -> amounts.put(name, Long.toString(amount)));
        return Struct.of("resources", Struct.of("limits", amounts.build()));
    }

    /// Gives back what a pod has.
    public void ended(String uid) {
        devices.ended(uid);
        cpus.ended(uid);
    }

    /// Ends the sockets; after the loops. Plug-ins that watch them hear of it.
    @Override
    public void close() {
        server.ifPresent(PodResourcesServer::close);
        devices.close();
    }
}
