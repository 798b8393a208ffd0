package io.k3j.deviceallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What drivers offer, by pool, in each pool's newest generation. Immutable once made, and for any number of nodes.
public final class DevicePools {
    private final Map<PoolId, Pool> pools;
    /// Slices of one node alone, by its name; those of any other by the empty one.
    private final Map<String, List<Offer>> offers = new HashMap<>();

    private record Offer(Pool pool, Struct slice) {
    }

    record PoolId(String driver, String name) {
    }

    /// @param complete whether all slices of the newest generation are there
    /// @param counters what there is of each counter, by counter set and name
    record Pool(PoolId id, List<Struct> slices, boolean complete, Map<String, Map<String, Quantity>> counters) {
    }

    private DevicePools(Map<PoolId, Pool> pools) {
        this.pools = pools;
        pools.values().forEach(pool -> pool.slices().forEach(slice -> offers
                .computeIfAbsent(slice.text("nodeName"), n -> new ArrayList<>()).add(new Offer(pool, slice))));
    }

    private List<Offer> offers(String node) {
        List<Offer> all = new ArrayList<>(offers.getOrDefault(node, List.of()));
        all.addAll(offers.getOrDefault("", List.of()));
        return all;
    }

    /// Those of all ResourceSlices of the cluster.
    public static DevicePools of(List<Obj> slices) {
        Map<PoolId, List<Struct>> newest = new LinkedHashMap<>();
        for (Obj slice : slices.stream().sorted((a, b) -> a.name().compareTo(b.name())).toList()) {
            Struct spec = slice.spec();
            PoolId id = new PoolId(spec.text("driver"), spec.struct("pool").text("name"));
            List<Struct> known = newest.computeIfAbsent(id, p -> new ArrayList<>());
            long generation = generation(spec);
            if (!known.isEmpty() && generation > generation(known.getFirst())) {
                known.clear();
            }
            if (known.isEmpty() || generation == generation(known.getFirst())) {
                known.add(spec);
            }
        }
        Map<PoolId, Pool> pools = new LinkedHashMap<>();
        newest.forEach((id, specs) -> pools.put(id, new Pool(id, specs,
                specs.size() == specs.getFirst().struct("pool").whole("resourceSliceCount", 0), counters(specs))));
        return new DevicePools(pools);
    }

    private static long generation(Struct slice) {
        return slice.struct("pool").whole("generation", 0);
    }

    private static Map<String, Map<String, Quantity>> counters(List<Struct> slices) {
        Map<String, Map<String, Quantity>> all = new HashMap<>();
        for (Struct slice : slices) {
            slice.seq("sharedCounters").structs().forEach(set -> all.put(set.text("name"), amounts(set)));
        }
        return all;
    }

    /// The field `counters`, by name.
    static Map<String, Quantity> amounts(Struct of) {
        Map<String, Quantity> amounts = new HashMap<>();
        Struct counters = of.struct("counters");
        counters.names().forEach(n -> amounts.put(n, Quantity.of(counters.struct(n).get("value"))));
        return amounts;
    }

    /// What there is of each counter of a device's pool.
    Map<String, Map<String, Quantity>> counters(DeviceId device) {
        Pool pool = pools.get(new PoolId(device.driver(), device.pool()));
        return pool == null ? Map.of() : pool.counters();
    }

    /// The devices that a node can reach, of complete pools.
    List<OfferedDevice> on(String node, Map<String, String> labels) {
        List<OfferedDevice> devices = new ArrayList<>();
        offers(node).stream().filter(o -> o.pool().complete()).forEach(o -> add(o.slice(), node, labels, devices));
        return devices;
    }

    /// Pools with something for a node that are being changed just now.
    List<String> incomplete(String node, Map<String, String> labels) {
        return offers(node).stream().filter(o -> {
            List<OfferedDevice> devices = new ArrayList<>();
            if (!o.pool().complete()) {
                add(o.slice(), node, labels, devices);
            }
            return !devices.isEmpty();
        }).map(o -> o.pool().id().driver() + "/" + o.pool().id().name()).distinct().toList();
    }

    /// The device of an id, whatever the node; empty when nobody offers it.
    List<OfferedDevice> find(DeviceId id) {
        Pool pool = pools.get(new PoolId(id.driver(), id.pool()));
        List<Struct> slices = pool == null ? List.of() : pool.slices();
        return slices.stream().flatMap(s -> s.seq("devices").structs().stream())
                .filter(d -> d.text("name").equals(id.device())).map(d -> new OfferedDevice(id, d, Struct.EMPTY))
                .toList();
    }

    private static void add(Struct slice, String node, Map<String, String> labels, List<OfferedDevice> into) {
        boolean each = slice.flag("perDeviceNodeSelection");
        if (!each && !reaches(slice, node, labels)) {
            return;
        }
        for (Struct device : slice.seq("devices").structs()) {
            // nobody here waits until such a device is ready
            boolean late = !device.seq("bindingConditions").isEmpty();
            if (!late && (!each || reaches(device, node, labels))) {
                into.add(new OfferedDevice(new DeviceId(slice.text("driver"), slice.struct("pool").text("name"),
                        device.text("name")), device, each ? device : slice));
            }
        }
    }

    private static boolean reaches(Struct place, String node, Map<String, String> labels) {
        return place.flag("allNodes") || place.text("nodeName").equals(node) && !node.isEmpty()
                || place.has("nodeSelector") && NodeSelectorTerm.anyMatches(
                        NodeSelectorTerm.of(place.struct("nodeSelector").seq("nodeSelectorTerms")), node, labels);
    }
}
