package io.k3j.kubeletdevices;

import io.k3j.apimachinery.Quantity;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Chooses devices for containers and has their plug-ins prepare them. Any thread; blocks for plug-ins, during which
/// others choose among the rest.
///
/// ```
/// what an init container gave back ─► what the plug-in prefers ─► any that is healthy and nobody's
/// ```
final class DeviceAllocator {
    private final DeviceInventory inventory;
    private final PodDevices pods;

    DeviceAllocator(DeviceInventory inventory, PodDevices pods) {
        this.inventory = inventory;
        this.pods = pods;
    }

    /// Gives a pod what its containers ask for, all or nothing. A container that comes after an init container that has
    /// ended may have what that had.
    ///
    /// @return whether it was given anything
    /// @throws DeviceFault why it cannot be given something
    boolean allocate(Obj pod) throws DeviceFault {
        Map<String, Set<String>> reusable = new TreeMap<>();
        boolean any = false;
        boolean whole = false;
        try {
            for (Struct container : PodSpecs.initContainers(pod)) {
                any |= allocate(pod, container, reusable);
                reuse(pod, container, reusable, !PodSpecs.sidecar(container));
            }
            for (Struct container : PodSpecs.containers(pod)) {
                any |= allocate(pod, container, reusable);
                reuse(pod, container, reusable, false);
            }
            whole = true;
            return any;
        } finally {
            if (!whole) {
                pods.free(pod.uid());
            }
        }
    }

    private void reuse(Obj pod, Struct container, Map<String, Set<String>> reusable, boolean ends) {
        pods.of(pod.uid(), container.text("name")).forEach((resource, allocation) -> {
            Set<String> free = reusable.computeIfAbsent(resource, r -> new TreeSet<>());
            if (ends) {
                free.addAll(allocation.ids());
            } else {
                free.removeAll(allocation.ids());
            }
        });
    }

    /// Gives one container what it asks for and does not have yet.
    /// @param reusable ids of devices of the same pod that nobody uses any more, by resource
    boolean allocate(Obj pod, Struct container, Map<String, Set<String>> reusable) throws DeviceFault {
        boolean any = false;
        for (Map.Entry<String, Integer> wanted : wanted(container).entrySet()) {
            PodDevices.Place place = new PodDevices.Place(pod.uid(), container.text("name"), wanted.getKey());
            Optional<Allocation> has = pods.find(place);
            if (has.isPresent()) {
                unchanged(place, has.get().ids().size(), wanted.getValue());
            } else {
                give(place, wanted.getValue(), reusable.getOrDefault(wanted.getKey(), Set.of()));
                any = true;
            }
        }
        return any;
    }

    /// What a container asks for of plug-ins: resources that are registered, or were.
    Map<String, Integer> wanted(Struct container) {
        Map<String, Integer> all = new TreeMap<>();
        container.struct("resources").struct("limits").forEach((name, amount) -> {
            long units = name.indexOf('/') < 0 ? 0 : Quantity.of(amount).value();
            if (units > 0 && (inventory.registered(name) || pods.taken().containsKey(name))) {
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

    private void give(PodDevices.Place place, int size, Set<String> reusable) throws DeviceFault {
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
        reserve(place, size, included, preferred(resource, size, included));
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

    /// Which the plug-in would give, where there is a choice.
    private List<String> preferred(String resource, int size, Set<String> included) throws DeviceFault {
        Set<String> available = available(resource);
        available.removeAll(included);
        Optional<PluginClient> plugin = inventory.plugin(resource).filter(p -> p.options().preferred());
        if (plugin.isEmpty() || included.size() >= size || available.size() <= size - included.size()) {
            return List.of();
        }
        available.addAll(included);
        return plugin.get().preferred(available, included, size);
    }

    /// Healthy ones that nobody has.
    private Set<String> available(String resource) {
        Set<String> all = inventory.healthy(resource);
        all.removeAll(pods.taken().getOrDefault(resource, Set.of()));
        return all;
    }

    private void reserve(PodDevices.Place place, int size, Set<String> included, Collection<String> preferred)
            throws DeviceFault {
        synchronized (pods) {
            Set<String> available = available(place.resource());
            available.removeAll(included);
            int needed = size - included.size();
            if (available.size() < needed) {
                throw new DeviceFault("requested number of devices unavailable for " + place.resource()
                        + ". Requested: " + needed + ", Available: " + available.size());
            }
            List<String> order = new ArrayList<>(preferred);
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
