package io.k3j.kubelet;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.kubeletdevices.ContainerDevices;
import io.k3j.kubeletdevices.DeviceAmounts;
import io.k3j.kubeletdevices.DeviceFault;
import io.k3j.kubeletdevices.DeviceManager;
import io.k3j.kubeletdevices.PodResourcesServer;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodestatus.MachineInfo;
import io.k3j.nodestatus.NodeObject;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The devices of plug-ins as the loops of pods see them. Any thread; what asks a plug-in blocks for it.
final class NodeDevices implements AutoCloseable {
    private static final String BOOT = "/proc/sys/kernel/random/boot_id";
    private final @Nullable DeviceManager manager;
    private final @Nullable PodResourcesServer resources;

    private NodeDevices(@Nullable DeviceManager manager, @Nullable PodResourcesServer resources) {
        this.manager = manager;
        this.resources = resources;
    }

    /// A node that gives no devices.
    static NodeDevices none() {
        return new NodeDevices(null, null);
    }

    /// Those of this machine, of which nobody hears before [#begin].
    /// @param root the kubelet's directory
    /// @param news called when the Node has something new to say
    /// @param workers of this node's pods; asked once the loops run
    static NodeDevices of(Path root, TimeSource clock, Health health, Runnable news, Supplier<PodWorkers> workers) {
        DeviceManager manager = new DeviceManager(new DeviceManager.Host(root, MachineInfo.text(BOOT).strip(), news,
                () -> workers.get().living()), clock, health);
        return new NodeDevices(manager, new PodResourcesServer(root, manager, () -> active(workers.get())));
    }

    private static Collection<Obj> active(PodWorkers workers) {
        return workers.all().stream().map(PodWorker::pod).filter(pod -> !PodSpecs.finished(pod)).toList();
    }

    /// Begins to serve plug-ins, and whoever asks for the resources of pods.
    /// @param loops given each loop by its name
    void begin(BiConsumer<String, SupervisedLoop.Work> loops, CountDownLatch closed) {
        if (manager != null && resources != null) {
            loops.accept("kubelet-devices", () -> manager.run(closed));
            loops.accept("kubelet-device-plugins", () -> manager.findPlugins(closed));
            loops.accept("kubelet-pod-resources", () -> resources.run(closed));
        }
    }

    /// Why a pod cannot have the devices that it asks for; empty when it has them, until [#ended].
    /// @throws RuntimeFault when the kubelet stops meanwhile
    Optional<PodStatus.Waiting> refusal(Obj pod) {
        if (manager == null) {
            return Optional.empty();
        }
        try {
            manager.allocate(pod);
            return Optional.empty();
        } catch (DeviceFault e) {
            return Optional.of(new PodStatus.Waiting("UnexpectedAdmissionError", String.valueOf(e.getMessage())));
        } catch (CancellationException e) {
            throw stopping();
        }
    }

    /// What a container that is about to start is given.
    /// @throws ConfigError why it cannot start yet
    /// @throws RuntimeFault when the kubelet stops meanwhile
    ContainerDevices of(Obj pod, Struct container) {
        if (manager == null) {
            return ContainerDevices.NONE;
        }
        try {
            return manager.of(pod, container);
        } catch (DeviceFault e) {
            throw ConfigError.config(String.valueOf(e.getMessage()));
        } catch (CancellationException e) {
            throw stopping();
        }
    }

    private static RuntimeFault stopping() {
        return new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "the kubelet stops");
    }

    /// Gives back what a pod has.
    void ended(String uid) {
        if (manager != null) {
            manager.ended(uid);
        }
    }

    /// What the Node says of them.
    NodeObject.Devices told() {
        DeviceAmounts amounts = manager == null ? DeviceAmounts.NONE : manager.amounts();
        return new NodeObject.Devices(amounts.capacity(), amounts.allocatable());
    }

    /// What pods may have of a node, and no less than what they have: plug-ins may be away for a while. What is not
    /// known at all stays so.
    Struct raised(Struct allocatable) {
        Struct raised = allocatable;
        Map<String, Long> allocated = manager == null || allocatable.isEmpty() ? Map.of() : manager.allocated();
        for (Map.Entry<String, Long> each : allocated.entrySet()) {
            if (PodResources.amount(raised, each.getKey()) < each.getValue()) {
                raised = raised.with(each.getKey(), Long.toString(each.getValue()));
            }
        }
        return raised;
    }

    /// Ends the sockets; after the loops. Plug-ins that watch them hear of it.
    @Override
    public void close() {
        if (resources != null) {
            resources.close();
        }
        if (manager != null) {
            manager.close();
        }
    }
}
