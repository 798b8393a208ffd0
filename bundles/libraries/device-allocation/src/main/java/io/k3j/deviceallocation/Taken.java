package io.k3j.deviceallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which devices, and how much of what they share, claims have. Follows one search at a time: what it takes it gives
/// back.
public final class Taken {
    private final DevicePools pools;
    private final Set<DeviceId> devices = new HashSet<>();
    /// By device and the name of its capacity.
    private final Map<DeviceId, Map<String, Quantity>> capacities = new HashMap<>();
    private final Map<Counter, Quantity> counters = new HashMap<>();

    private record Counter(DevicePools.PoolId pool, String set, String name) {
    }

    private Taken(DevicePools pools) {
        this.pools = pools;
    }

    /// What claims have that are allocated. Devices of admin access are nobody's.
    public static Taken of(DevicePools pools, List<Obj> claims) {
        Taken taken = new Taken(pools);
        for (Obj claim : claims) {
            for (Struct result : claim.status().struct("allocation").struct("devices").seq("results").structs()) {
                if (!result.flag("adminAccess")) {
                    taken.add(DeviceId.of(result), result);
                }
            }
        }
        return taken;
    }

    /// What there is.
    DevicePools pools() {
        return pools;
    }

    private void add(DeviceId id, Struct result) {
        Struct consumed = result.struct("consumedCapacity");
        if (!consumed.isEmpty()) {
            Map<String, Quantity> amounts = new HashMap<>();
            consumed.names().forEach(n -> amounts.put(n, Quantity.of(consumed.get(n))));
            consume(capacities.computeIfAbsent(id, d -> new HashMap<>()), amounts);
        }
        if (devices.add(id)) {
            pools.counted(id).forEach(d -> count(d, false));
        }
    }

    /// Takes a device, or a part of one.
    ///
    /// @return the part of each capacity, empty when it is not to be had, and nothing is taken
    Optional<Map<String, Quantity>> take(OfferedDevice device, Struct request) {
        Optional<Map<String, Quantity>> part = Capacities.of(device, request);
        boolean known = devices.contains(device.id());
        if (part.isEmpty() || known && !device.shared() || !known && !countable(device)
                || !enough(device, part.get())) {
            return Optional.empty();
        }
        devices.add(device.id());
        consume(capacities.computeIfAbsent(device.id(), d -> new HashMap<>()), part.get());
        if (!known) {
            count(device, false);
        }
        return part;
    }

    /// Gives back what [#take] took last of a device.
    ///
    /// @param last whether nobody else has a part of it
    void give(OfferedDevice device, Map<String, Quantity> part, boolean last) {
        Map<String, Quantity> consumed = capacities.computeIfAbsent(device.id(), d -> new HashMap<>());
        part.forEach((name, amount) -> consumed.merge(name, amount, Quantity::subtract));
        if (last) {
            devices.remove(device.id());
            count(device, true);
        }
    }

    /// Whether somebody has it, or a part of it.
    boolean has(OfferedDevice device) {
        return devices.contains(device.id());
    }

    private boolean enough(OfferedDevice device, Map<String, Quantity> part) {
        Map<String, Quantity> consumed = capacities.getOrDefault(device.id(), Map.of());
        Struct there = device.spec().struct("capacity");
        return part.entrySet().stream().allMatch(e -> consumed.getOrDefault(e.getKey(), Quantity.ZERO)
                .add(e.getValue()).compareTo(Quantity.of(there.struct(e.getKey()).get("value"))) <= 0);
    }

    private static void consume(Map<String, Quantity> consumed, Map<String, Quantity> more) {
        more.forEach((name, amount) -> consumed.merge(name, amount, Quantity::add));
    }

    /// Whether the counters that a device consumes are there.
    private boolean countable(OfferedDevice device) {
        Map<String, Map<String, Quantity>> there = device.pool().counters();
        for (Struct consumption : device.spec().seq("consumesCounters").structs()) {
            Map<String, Quantity> set = there.getOrDefault(consumption.text("counterSet"), Map.of());
            for (Map.Entry<String, Quantity> one : DevicePools.amounts(consumption).entrySet()) {
                Quantity used = counters.getOrDefault(counter(device, consumption, one.getKey()), Quantity.ZERO);
                if (!set.containsKey(one.getKey())
                        || used.add(one.getValue()).compareTo(set.get(one.getKey())) > 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private void count(OfferedDevice device, boolean back) {
        for (Struct consumption : device.spec().seq("consumesCounters").structs()) {
            DevicePools.amounts(consumption).forEach((name, amount) -> counters.merge(
                    counter(device, consumption, name), back ? Quantity.ZERO.subtract(amount) : amount,
                    Quantity::add));
        }
    }

    private static Counter counter(OfferedDevice device, Struct consumption, String name) {
        return new Counter(device.pool().id(), consumption.text("counterSet"), name);
    }
}
