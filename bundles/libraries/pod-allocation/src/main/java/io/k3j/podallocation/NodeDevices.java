package io.k3j.podallocation;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.TimeSource;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.kubeletdevices.ContainerDevices;
import io.k3j.kubeletdevices.DeviceAmounts;
import io.k3j.kubeletdevices.DeviceFault;
import io.k3j.kubeletdevices.DeviceManager;
import io.k3j.kubeletdevices.PodDeviceRequest;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodestatus.MachineInfo;
import io.k3j.nodestatus.NodeObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// The devices of plug-ins as the loops of pods see them. Any thread; what asks a plug-in blocks for it.
public final class NodeDevices implements AutoCloseable {
    private static final String BOOT = "/proc/sys/kernel/random/boot_id";
    private final Optional<DeviceManager> manager;

    private NodeDevices(Optional<DeviceManager> manager) {
        this.manager = manager;
    }

    /// A node that gives no devices.
    public static NodeDevices none() {
        return new NodeDevices(Optional.empty());
    }

    /// Those of this machine, of which nobody hears before [#begin].
    /// @param root the kubelet's directory
    /// @param news called when the Node has something new to say
    /// @param pods of this node; asked for once the loops run
    public static NodeDevices of(Path root, TimeSource clock, Health health, Runnable news,
            Supplier<? extends KnownPods> pods) {
        DeviceManager manager = new DeviceManager(new DeviceManager.Host(root, MachineInfo.text(BOOT).strip(), news,
                () -> pods.get().living()), clock, health);
        return new NodeDevices(Optional.of(manager));
    }

    /// Who has which; empty on a node that gives none.
    Optional<DeviceManager> manager() {
        return manager;
    }

    /// Begins to serve plug-ins.
    /// @param loops given each loop by its name
    void begin(BiConsumer<String, SupervisedLoop.Work> loops, CountDownLatch closed) {
        manager.ifPresent(all -> {
            loops.accept("kubelet-devices", () -> all.run(closed));
            loops.accept("kubelet-device-plugins", () -> all.findPlugins(closed));
        });
    }

    /// Begins to give a pod the devices that it asks for; empty on a node that gives none.
    Optional<PodDeviceRequest> request(Obj pod) {
        return manager.map(all -> all.request(pod));
    }

    /// What was given is the pod's until [#ended].
    /// @throws DeviceFault when that cannot be written
    void keep(PodDeviceRequest request) throws DeviceFault {
        if (manager.isPresent()) {
            manager.get().keep(request);
        }
    }

    /// What a container that is about to start is given.
    /// @throws ConfigError why it cannot start yet
    /// @throws RuntimeFault when the kubelet stops meanwhile
    public ContainerDevices of(Obj pod, Struct container) {
        try {
            return manager.isPresent() ? manager.get().of(pod, container) : ContainerDevices.NONE;
        } catch (DeviceFault e) {
            throw ConfigError.config(String.valueOf(e.getMessage()));
        } catch (CancellationException e) {
            throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "the kubelet stops");
        }
    }

    /// The health of what a container has, as its status tells it; empty for nothing.
    public Seq health(Obj pod, Struct container) {
        return manager.map(all -> all.health(pod.uid(), container.text("name"))).orElse(Seq.EMPTY);
    }

    /// Gives back what a pod has.
    void ended(String uid) {
        manager.ifPresent(all -> all.ended(uid));
    }

    /// What the Node says of them.
    public NodeObject.Devices told() {
        DeviceAmounts amounts = manager.map(DeviceManager::amounts).orElse(DeviceAmounts.NONE);
        return new NodeObject.Devices(amounts.capacity(), amounts.allocatable());
    }

    /// What pods may have of a node, and no less than what they have: plug-ins may be away for a while. What is not
    /// known at all stays so.
    public Struct raised(Struct allocatable) {
        Struct raised = allocatable;
        Map<String, Long> allocated = allocatable.isEmpty() ? Map.of()
                : manager.map(DeviceManager::allocated).orElse(Map.of());
        for (Map.Entry<String, Long> each : allocated.entrySet()) {
            if (PodResources.amount(raised, each.getKey()) < each.getValue()) {
                raised = raised.with(each.getKey(), Long.toString(each.getValue()));
            }
        }
        return raised;
    }

    /// Ends the socket; after the loops. Plug-ins that watch them hear of it.
    @Override
    public void close() {
        manager.ifPresent(DeviceManager::close);
    }
}
