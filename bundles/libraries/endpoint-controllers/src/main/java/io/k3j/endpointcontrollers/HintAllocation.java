package io.k3j.endpointcontrollers;

import io.k3j.endpointcontrollers.ZoneCapacity.Allocation;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Gives the ready endpoints of one Service and address family to zones, as they are allocated: first to their own
/// zone, then from zones that have too many to zones that have too few. Slices that serve as they are stay so, for
/// every change of a slice is sent to all nodes. For one pass and one thread.
final class HintAllocation {
    /// Less than half an endpoint is not worth a move.
    private static final double HALF = 0.5;
    private static final Allocation NONE = new Allocation(0, 0, 0);

    private final SortedMap<String, Allocation> zones;
    /// How many endpoints are meant for each zone so far.
    private final SortedMap<String, Integer> meant = new TreeMap<>();
    private final SortedMap<String, Integer> giving = new TreeMap<>();
    private final SortedMap<String, Integer> receiving = new TreeMap<>();

    HintAllocation(SortedMap<String, Allocation> zones) {
        this.zones = zones;
    }

    /// The ready endpoints of a slice.
    static List<Struct> ready(Obj slice) {
        return slice.tree().seq("endpoints").structs().stream().filter(HintAllocation::isReady).toList();
    }

    static boolean isReady(Struct endpoint) {
        return endpoint.struct("conditions").flag("ready");
    }

    /// Whether a slice can stay as it is: each ready endpoint has a hint, and no zone gets more than its maximum.
    /// Counts its hints then.
    boolean keeps(Obj slice) {
        SortedMap<String, Integer> here = new TreeMap<>();
        for (Struct endpoint : ready(slice)) {
            List<String> named = endpoint.struct("hints").seq("forZones").structs().stream().map(z -> z.text("name"))
                    .toList();
            if (named.isEmpty()) {
                return false;
            }
            named.forEach(zone -> here.merge(zone, 1, Integer::sum));
        }
        if (here.entrySet().stream().anyMatch(h -> beyond(h.getKey(), h.getValue()))) {
            return false;
        }
        here.forEach((zone, more) -> meant.merge(zone, more, Integer::sum));
        return true;
    }

    private boolean beyond(String zone, int more) {
        return more + meant.getOrDefault(zone, 0) > zones.getOrDefault(zone, NONE).maximum();
    }

    /// These slices with hints, after all that can stay were counted. Each ready endpoint must have a zone.
    List<Obj> assign(List<Obj> slices) {
        slices.forEach(s -> ready(s).forEach(e -> meant.merge(e.text("zone"), 1, Integer::sum)));
        decide();
        List<Obj> hinted = new ArrayList<>();
        slices.forEach(s -> hinted.add(s.with(s.tree().seq("endpoints").mapped(this::hinted), "endpoints")));
        return hinted;
    }

    private void decide() {
        Map<String, Double> more = new TreeMap<>();
        Map<String, Double> fewer = new TreeMap<>();
        zones.forEach((zone, allocation) -> {
            double over = meant.getOrDefault(zone, 0) - allocation.desired();
            (over > 0 ? more : fewer).put(zone, Math.abs(over));
        });
        String from = most(more);
        String to = most(fewer);
        while (worthwhile(more.getOrDefault(from, 0.0), fewer.getOrDefault(to, 0.0))) {
            giving.merge(from, 1, Integer::sum);
            receiving.merge(to, 1, Integer::sum);
            more.merge(from, -1.0, Double::sum);
            fewer.merge(to, -1.0, Double::sum);
            from = most(more);
            to = most(fewer);
        }
    }

    private static boolean worthwhile(double over, double under) {
        return Math.min(over, under) >= HALF && Math.max(over, under) >= 1;
    }

    /// Of equals the first by name; empty without any.
    private static String most(Map<String, Double> zones) {
        return zones.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse("");
    }

    private Struct hinted(Struct endpoint) {
        if (!isReady(endpoint)) {
            return endpoint.without("hints");
        }
        return endpoint.with("hints", Struct.of("forZones", Seq.of(Struct.of("name", zone(endpoint.text("zone"))))));
    }

    private String zone(String own) {
        if (giving.getOrDefault(own, 0) <= 0) {
            return own;
        }
        String other = receiving.entrySet().stream().filter(r -> r.getValue() > 0).map(Map.Entry::getKey).findFirst()
                .orElse(own);
        giving.merge(own, -1, Integer::sum);
        receiving.merge(other, -1, Integer::sum);
        return other;
    }
}
