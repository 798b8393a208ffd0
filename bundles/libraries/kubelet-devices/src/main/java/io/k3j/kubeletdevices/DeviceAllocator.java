package io.k3j.kubeletdevices;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Chooses devices for containers and has their plug-ins prepare them. Any thread; blocks for plug-ins, during which
/// others choose among the rest.
///
/// ```
/// what an init container gave back ─► near the NUMA nodes ─► what the plug-in prefers ─► any healthy one
/// ```
final class DeviceAllocator {
    private final DeviceInventory inventory;
    private final PodDevices pods;

    DeviceAllocator(DeviceInventory inventory, PodDevices pods) {
        this.inventory = inventory;
        this.pods = pods;
    }

    /// Gives one container what it asks for and does not have yet.
    ///
    /// @param reusable ids of devices of the same pod that nobody uses any more, by resource
    /// @param nodes bits of NUMA nodes from which devices are taken first; 0 where it does not matter
    /// @return whether it was given anything
    boolean allocate(Obj pod, Struct container, Map<String, Set<String>> reusable, long nodes) throws DeviceFault {
        boolean any = false;
        for (Map.Entry<String, Integer> wanted : wanted(pod, container).entrySet()) {
            PodDevices.Place place = new PodDevices.Place(pod.uid(), container.text("name"), wanted.getKey());
            Optional<Allocation> has = pods.find(place);
            if (has.isPresent()) {
                unchanged(place, has.get().ids().size(), wanted.getValue());
            } else {
                give(place, wanted.getValue(), reusable.getOrDefault(wanted.getKey(), Set.of()), nodes);
                any = true;
            }
        }
        return any;
    }

    /// What a container asks for of plug-ins: resources that are registered, or were. What it has as devices of a claim
    /// ([ExtendedResourceNames#claimed]) it asks no plug-in for.
    Map<String, Integer> wanted(Obj pod, Struct container) {
        Map<String, Integer> all = new TreeMap<>();
        Set<String> claimed = ExtendedResourceNames.claimed(pod);
        container.struct("resources").struct("limits").forEach((name, amount) -> {
            long units = name.indexOf('/') < 0 ? 0 : Quantity.of(amount).value();
            boolean known = inventory.registered(name) || pods.taken().containsKey(name);
            if (units > 0 && known && !claimed.contains(name)) {
                all.put(name, (int) Math.min(units, Integer.MAX_VALUE));
            }
        });
        return all;
    }

    private static void unchanged(PodDevices.Place place, int has, int wanted) throws DeviceFault {
        if (has != wanted) {
            throw new DeviceFault("pod \"" + place.pod() + "\" container \"" + place.container()
                    + "\" changed request for resource \"" + place.resource() + "\" from " + has + " to " + wanted);
        }
    }

    private void give(PodDevices.Place place, int size, Set<String> reusable, long nodes) throws DeviceFault {
        String resource = place.resource();
        if (!inventory.registered(resource)) {
            throw new DeviceFault("cannot allocate unregistered device " + resource);
        }
        Set<String> healthy = inventory.healthy(resource);
        if (healthy.isEmpty()) {
            throw new DeviceFault("no healthy devices present; cannot allocate unhealthy devices " + resource);
        }
        Set<String> included = new LinkedHashSet<>();
        reusable.stream().filter(healthy::contains).limit(size).forEach(included::add);
        reserve(place, size, included, order(resource, size, included, nodes));
        boolean answered = false;
        try {
            ask(place);
            answered = true;
        } finally {
            if (!answered) {
                pods.remove(place);
            }
        }
    }

    /// The order in which available ones are taken: near the nodes first, then as the plug-in would, then any.
    private List<String> order(String resource, int size, Set<String> included, long nodes) throws DeviceFault {
        Set<String> available = available(resource);
        available.removeAll(included);
        Map<String, Device> devices = inventory.devices(resource);
        Set<String> near = new TreeSet<>(available);
        near.removeIf(id -> (bits(devices.get(id)) & nodes) == 0);
        int needed = size - included.size();
        List<String> order = new ArrayList<>();
        if (needed < near.size()) {
            order.addAll(preferred(resource, near, included, size));
            order.retainAll(near);
        } else if (needed > near.size()) {
            Set<String> must = new TreeSet<>(included);
            must.addAll(near);
            order.addAll(near);
            order.addAll(preferred(resource, available, must, size));
        }
        order.addAll(near);
        order.addAll(available);
        return order;
    }

    /// The NUMA nodes of a device as bits.
    static long bits(@Nullable Device device) {
        long bits = 0;
        for (long node : device == null ? List.<Long>of() : device.nodes()) {
            bits |= node >= 0 && node < Long.SIZE ? 1L << node : 0;
        }
        return bits;
    }

    /// Which the plug-in would give, where there is a choice.
    private List<String> preferred(String resource, Set<String> among, Set<String> included, int size)
            throws DeviceFault {
        Set<String> available = new TreeSet<>(among);
        available.addAll(included);
        Optional<PluginClient> plugin = inventory.plugin(resource).filter(p -> p.options().preferred());
        return plugin.isEmpty() || included.size() >= size || available.size() <= size ? List.of()
                : plugin.get().preferred(available, included, size);
    }

    /// Healthy ones that nobody has.
    Set<String> available(String resource) {
        Set<String> all = inventory.healthy(resource);
        all.removeAll(pods.taken().getOrDefault(resource, Set.of()));
        return all;
    }

    private void reserve(PodDevices.Place place, int size, Set<String> included, List<String> wished)
            throws DeviceFault {
        synchronized (pods) {
            Set<String> available = available(place.resource());
            available.removeAll(included);
            int needed = size - included.size();
            if (available.size() < needed) {
                throw new DeviceFault("requested number of devices unavailable for " + place.resource()
                        + ". Requested: " + needed + ", Available: " + available.size());
            }
            List<String> order = new ArrayList<>(wished);
            order.retainAll(available);
            order.addAll(available);
            Set<String> chosen = new LinkedHashSet<>(included);
            order.stream().distinct().limit(needed).forEach(chosen::add);
            pods.put(place, Allocation.reserved(chosen, inventory.devices(place.resource())));
        }
    }

    /// Has the plug-in prepare what is kept for a container; nothing when it has done so.
    /// @throws DeviceFault when it does not; they are kept all the same
    void ask(PodDevices.Place place) throws DeviceFault {
        Allocation kept = pods.find(place).orElseThrow(() -> new DeviceFault("no devices found allocated in local cache"
                + " for pod " + place.pod() + ", container " + place.container() + ", resource " + place.resource()));
        if (kept.response().isPresent()) {
            return;
        }
        PluginClient plugin = inventory.plugin(place.resource())
                .orElseThrow(() -> new DeviceFault("unknown Device Plugin " + place.resource()));
        byte[] answer = plugin.allocate(kept.ids());
        if (!pods.replace(place, kept.answered(answer))) {
            throw new DeviceFault("the pod has ended");
        }
    }
}
