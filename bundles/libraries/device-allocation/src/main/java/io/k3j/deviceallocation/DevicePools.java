package io.k3j.deviceallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What drivers offer, by pool, in each pool's newest generation. Immutable once made, and for any number of nodes.
///
/// Slices of one node are a pool of their own, whatever slices of other nodes say of a pool of that name: with the
/// credentials of a node nothing can be said of devices elsewhere, unless a pool is on several nodes.
public final class DevicePools {
    /// By driver and name, as claims name it.
    private final Map<List<String>, List<Pool>> pools = new HashMap<>();
    /// Slices of one node alone, by its name; those of any other by the empty one.
    private final Map<String, List<Offer>> offers = new HashMap<>();

    private record Offer(Pool pool, Struct slice) {
    }

    /// @param node whose slices these are alone, else empty
    record PoolId(String driver, String pool, String node) {
        static PoolId of(Struct slice) {
            return new PoolId(slice.text("driver"), slice.struct("pool").text("name"), slice.text("nodeName"));
        }

        private List<String> name() {
            return List.of(driver, pool);
        }
    }

    /// @param complete whether all slices of the newest generation are there
    /// @param counters what there is of each counter, by counter set and name
    /// @param late whether some of its devices become ready only when they are given
    /// @param consumers devices that take from counters, by name
    record Pool(PoolId id, boolean complete, boolean late, Map<String, Map<String, Quantity>> counters,
            Map<String, Struct> consumers) {
    }

    private DevicePools() {
    }

    /// By the names of pools, then of slices, as upstream: drivers say by names which devices go first. Pools whose
    /// devices nobody has to wait for go before all others.
    private List<Offer> offers(String node) {
        List<Offer> all = new ArrayList<>(offers.getOrDefault(node, List.of()));
        all.addAll(offers.getOrDefault("", List.of()));
        all.sort(Comparator.comparing((Offer o) -> o.pool().late()).thenComparing(o -> o.pool().id().driver())
                .thenComparing(o -> o.pool().id().pool()));
        return all;
    }

    /// Those of all ResourceSlices of the cluster.
    public static DevicePools of(List<Obj> slices) {
        Map<PoolId, List<Struct>> newest = new LinkedHashMap<>();
        Map<List<String>, List<Struct>> everywhere = new HashMap<>();
        for (Obj slice : slices.stream().sorted((a, b) -> a.name().compareTo(b.name())).toList()) {
            PoolId id = PoolId.of(slice.spec());
            newer(newest.computeIfAbsent(id, p -> new ArrayList<>(1)), slice.spec());
            newer(everywhere.computeIfAbsent(id.name(), n -> new ArrayList<>(1)), slice.spec());
        }
        DevicePools all = new DevicePools();
        newest.forEach((id, specs) -> all.add(id, specs, everywhere.getOrDefault(id.name(), specs)));
        return all;
    }

    /// Keeps those of the newest generation.
    private static void newer(List<Struct> known, Struct slice) {
        long generation = generation(slice);
        if (!known.isEmpty() && generation > generation(known.getFirst())) {
            known.clear();
        }
        if (known.isEmpty() || generation == generation(known.getFirst())) {
            known.add(slice);
        }
    }

    private static long generation(Struct slice) {
        return slice.struct("pool").whole("generation", 0);
    }

    /// Where a node's own slices are not all, the others are looked for elsewhere; the pool is one for all nodes then.
    /// Those of an older generation are being replaced, and count as gone.
    private void add(PoolId id, List<Struct> own, List<Struct> everywhere) {
        long count = own.getFirst().struct("pool").whole("resourceSliceCount", 0);
        boolean whole = own.size() == count;
        if (!whole && generation(everywhere.getFirst()) > generation(own.getFirst())) {
            return;
        }
        List<Struct> all = whole ? own : everywhere;
        Map<String, Map<String, Quantity>> counters = counters(all);
        boolean late = all.stream().flatMap(s -> s.seq("devices").structs().stream()).anyMatch(OfferedDevice::late);
        Pool pool = new Pool(whole ? id : new PoolId(id.driver(), id.pool(), ""), all.size() == count, late, counters,
                counters.isEmpty() ? Map.of() : consumers(all));
        pools.computeIfAbsent(id.name(), n -> new ArrayList<>(1)).add(pool);
        own.forEach(slice -> offers.computeIfAbsent(id.node(), n -> new ArrayList<>()).add(new Offer(pool, slice)));
    }

    private static Map<String, Map<String, Quantity>> counters(List<Struct> slices) {
        Map<String, Map<String, Quantity>> all = new HashMap<>();
        for (Struct slice : slices) {
            slice.seq("sharedCounters").structs().forEach(set -> all.put(set.text("name"), amounts(set)));
        }
        return all;
    }

    private static Map<String, Struct> consumers(List<Struct> slices) {
        Map<String, Struct> all = new HashMap<>();
        for (Struct slice : slices) {
            slice.seq("devices").structs().stream().filter(d -> !d.seq("consumesCounters").isEmpty())
                    .forEach(d -> all.put(d.text("name"), d));
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

    /// The devices that a node can reach, of complete pools.
    List<OfferedDevice> on(String node, Map<String, String> labels) {
        List<OfferedDevice> devices = new ArrayList<>();
        offers(node).stream().filter(o -> o.pool().complete()).forEach(o -> add(o, node, labels, devices));
        return devices;
    }

    /// Pools with something for a node that are being changed just now.
    List<String> incomplete(String node, Map<String, String> labels) {
        return offers(node).stream().filter(o -> {
            List<OfferedDevice> devices = new ArrayList<>();
            if (!o.pool().complete()) {
                add(o, node, labels, devices);
            }
            return !devices.isEmpty();
        }).map(o -> o.pool().id().driver() + "/" + o.pool().id().pool()).distinct().toList();
    }

    /// The device of an id as each pool of its name has it that counts what it takes.
    List<OfferedDevice> counted(DeviceId id) {
        List<Pool> named = pools.getOrDefault(List.of(id.driver(), id.pool()), List.of());
        if (named.stream().allMatch(p -> p.consumers().isEmpty())) {
            return List.of();
        }
        List<OfferedDevice> found = new ArrayList<>();
        Set<PoolId> seen = new HashSet<>();
        for (Pool pool : named) {
            Struct device = pool.consumers().get(id.device());
            if (device != null && seen.add(pool.id())) {
                found.add(new OfferedDevice(id, device, Struct.EMPTY, pool));
            }
        }
        return found;
    }

    private static void add(Offer offer, String node, Map<String, String> labels, List<OfferedDevice> into) {
        Struct slice = offer.slice();
        boolean each = slice.flag("perDeviceNodeSelection");
        if (!each && !reaches(slice, node, labels)) {
            return;
        }
        PoolId pool = offer.pool().id();
        for (Struct device : slice.seq("devices").structs()) {
            if (!each || reaches(device, node, labels)) {
                into.add(new OfferedDevice(new DeviceId(pool.driver(), pool.pool(), device.text("name")), device,
                        each ? device : slice, offer.pool()));
            }
        }
    }

    private static boolean reaches(Struct place, String node, Map<String, String> labels) {
        return place.flag("allNodes") || place.text("nodeName").equals(node) && !node.isEmpty()
                || place.has("nodeSelector") && NodeSelectorTerm.anyMatches(
                        NodeSelectorTerm.of(place.struct("nodeSelector").seq("nodeSelectorTerms")), node, labels);
    }
}
