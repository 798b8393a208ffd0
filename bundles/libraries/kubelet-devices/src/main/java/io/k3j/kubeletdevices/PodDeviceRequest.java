package io.k3j.kubeletdevices;

import io.k3j.kubelettopology.NumaSupply;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The devices that one pod asks for, given to its containers in their order: init containers first. One thread.
public final class PodDeviceRequest {
    private final Obj pod;
    private final DeviceInventory inventory;
    private final PodDevices pods;
    private final DeviceAllocator allocator;
    /// What init containers had that have ended, by resource.
    private final Map<String, Set<String>> reusable = new TreeMap<>();
    private boolean any;

    PodDeviceRequest(Obj pod, DeviceInventory inventory, PodDevices pods, DeviceAllocator allocator) {
        this.pod = pod;
        this.inventory = inventory;
        this.pods = pods;
        this.allocator = allocator;
    }

    /// What a container asks for and does not have yet, of resources whose devices lie near NUMA nodes.
    public List<NumaSupply> supplies(Struct container) {
        List<NumaSupply> all = new ArrayList<>();
        allocator.wanted(pod, container).forEach((resource, count) -> {
            Map<String, Device> devices = inventory.devices(resource);
            boolean near = devices.values().stream().anyMatch(d -> DeviceAllocator.bits(d) != 0);
            if (near && !pods.of(pod.uid(), container.text("name")).containsKey(resource)) {
                Set<String> free = allocator.available(resource);
                free.addAll(reusable.getOrDefault(resource, Set.of()));
                all.add(new NumaSupply(count, bits(devices, devices.keySet()), bits(devices, free)));
            }
        });
        return all;
    }

    private static List<Long> bits(Map<String, Device> devices, Set<String> ids) {
        return ids.stream().map(id -> DeviceAllocator.bits(devices.get(id))).toList();
    }

    /// Gives a container what it asks for.
    /// @param ends whether what it has is free for those that come after it
    /// @param nodes bits of NUMA nodes from which devices are taken first; 0 where it does not matter
    /// @throws DeviceFault why it cannot have something
    public void give(Struct container, boolean ends, long nodes) throws DeviceFault {
        any |= allocator.allocate(pod, container, reusable, nodes);
        pods.of(pod.uid(), container.text("name")).forEach((resource, allocation) -> {
            Set<String> free = reusable.computeIfAbsent(resource, r -> new TreeSet<>());
            if (ends) {
                free.addAll(allocation.ids());
            } else {
                free.removeAll(allocation.ids());
            }
        });
    }

    /// Whether the pod has devices already, from before.
    public boolean has() {
        return pods.pods().contains(pod.uid());
    }

    /// Whether it was given anything.
    boolean any() {
        return any;
    }
}
