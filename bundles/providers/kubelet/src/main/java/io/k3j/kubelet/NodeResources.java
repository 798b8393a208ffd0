package io.k3j.kubelet;

import io.k3j.componentbase.SupervisedLoop;
import io.k3j.kubeletdevices.PodResourcesServer;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// What containers have of this node for themselves: devices and CPUs. Any thread.
///
/// @param devices of plug-ins
/// @param cpus of the machine
/// @param server tells who has what; empty where nobody may ask
record NodeResources(NodeDevices devices, NodeCpus cpus, Optional<PodResourcesServer> server)
        implements AutoCloseable {
    /// A node that gives nothing.
    static NodeResources none() {
        return new NodeResources(NodeDevices.none(), NodeCpus.none(), Optional.empty());
    }

    /// Those of this machine.
    /// @param root the kubelet's directory
    /// @param workers of this node's pods; asked once the loops run
    static NodeResources of(Path root, NodeDevices devices, NodeCpus cpus, Supplier<PodWorkers> workers) {
        return new NodeResources(devices, cpus, devices.manager()
                .map(manager -> new PodResourcesServer(root, manager, cpus, () -> active(workers.get()))));
    }

    private static Collection<Obj> active(PodWorkers workers) {
        return workers.all().stream().map(PodWorker::pod).filter(pod -> !PodSpecs.finished(pod)).toList();
    }

    /// Begins to serve whoever asks.
    /// @param loops given each loop by its name
    void begin(BiConsumer<String, SupervisedLoop.Work> loops, Dependencies tools, PodWorkers workers) {
        CountDownLatch closed = tools.closed();
        devices.begin(loops, closed);
        server.ifPresent(resources -> loops.accept("kubelet-pod-resources", () -> resources.run(closed)));
        loops.accept("kubelet-cpus", () -> cpus.run(tools.runtime(), workers, closed));
    }

    /// Why a pod cannot have what it asks for; empty when it has all of it, until [#ended].
    Optional<PodStatus.Waiting> refusal(Obj pod) {
        Optional<PodStatus.Waiting> refusal = devices.refusal(pod).or(() -> cpus.refusal(pod));
        if (refusal.isPresent()) {
            ended(pod.uid());
        }
        return refusal;
    }

    /// Gives back what a pod has.
    void ended(String uid) {
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
