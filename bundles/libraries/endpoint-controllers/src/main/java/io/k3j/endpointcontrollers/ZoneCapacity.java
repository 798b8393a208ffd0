package io.k3j.endpointcontrollers;

import io.k3j.apimachinery.Quantity;
import io.k3j.controllerkit.Conditions;
import io.k3j.model.Obj;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What each zone has of the CPU that is allocatable on ready nodes, and how many endpoints of a Service are therefore
/// meant for it; the nodes' half of upstream's topology cache:
/// <https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/>. Pure.
///
/// @param known whether each node that counts says its zone and its CPU
/// @param shares of all CPU by zone, together 1; empty when not `known`
record ZoneCapacity(boolean known, SortedMap<String, Double> shares) {
    /// How much more than an equal part of the requests an endpoint may get.
    private static final double OVERLOAD_THRESHOLD = 0.2;
    private static final String ZONE = "topology.kubernetes.io/zone";
    /// Nodes with one of these labels do not count.
    private static final List<String> EXCLUDED = List.of("node-role.kubernetes.io/control-plane",
            "node-role.kubernetes.io/master");
    private static final String UNKNOWN = "Insufficient Node information: allocatable CPU or zone not specified on one "
            + "or more nodes";
    private static final String ONE_ZONE = "Nodes only ready in one zone";
    private static final String FEW_ENDPOINTS = "Insufficient number of endpoints";
    private static final String OVERLOADED = "Unable to allocate minimum required endpoints to each zone without "
            + "exceeding overload threshold";

    /// What of a node counts.
    ///
    /// @param counts whether it is ready and no excluded label is on it
    /// @param milliCpu allocatable, in thousandths of a core
    record Part(boolean counts, String zone, long milliCpu) {

        static Part of(Obj node) {
            boolean counts = EXCLUDED.stream().noneMatch(node.labels()::containsKey)
                    && Conditions.isTrue(node.status().seq("conditions"), "Ready");
            return new Part(counts, node.labels().getOrDefault(ZONE, ""),
                    Quantity.of(node.status().struct("allocatable").get("cpu")).milliValue());
        }
    }

    /// How many endpoints are meant for a zone.
    ///
    /// @param minimum fewer would be overloaded
    /// @param maximum more would leave other zones without their minimum
    /// @param desired the zone's share, at least the minimum
    record Allocation(int minimum, int maximum, double desired) {
    }

    /// What there is for a number of endpoints.
    sealed interface Answer {

        /// An allocation for every zone.
        record Allocated(SortedMap<String, Allocation> zones) implements Answer {
        }

        /// No hints, and why; upstream's words.
        record Refused(String why) implements Answer {
        }
    }

    /// The capacity of a cluster of these nodes.
    static ZoneCapacity of(Collection<Part> nodes) {
        List<Part> parts = nodes.stream().filter(Part::counts).toList();
        SortedMap<String, Double> shares = new TreeMap<>();
        if (parts.isEmpty() || parts.stream().anyMatch(p -> p.zone().isEmpty() || p.milliCpu() <= 0)) {
            return new ZoneCapacity(false, shares);
        }
        // a node may claim as much as it likes: no sum overflows
        double all = parts.stream().mapToDouble(Part::milliCpu).sum();
        parts.stream().collect(Collectors.groupingBy(Part::zone, Collectors.summingDouble(Part::milliCpu)))
                .forEach((zone, cpu) -> shares.put(zone, cpu / all));
        return new ZoneCapacity(true, shares);
    }

    /// The allocations for so many ready endpoints.
    Answer allocate(int endpoints) {
        if (!known || shares.size() < 2) {
            return new Answer.Refused(known ? ONE_ZONE : UNKNOWN);
        }
        String counts = " (" + endpoints + " endpoints, " + shares.size() + " zones)";
        if (shares.size() > endpoints) {
            return new Answer.Refused(FEW_ENDPOINTS + counts);
        }
        int spare = endpoints - shares.values().stream().mapToInt(s -> minimum(s, endpoints)).sum();
        if (spare < 0) {
            return new Answer.Refused(OVERLOADED + counts);
        }
        SortedMap<String, Allocation> zones = new TreeMap<>();
        shares.forEach((zone, share) -> {
            int minimum = minimum(share, endpoints);
            zones.put(zone, new Allocation(minimum, minimum + spare, Math.max(share * endpoints, minimum)));
        });
        return new Answer.Allocated(zones);
    }

    private static int minimum(double share, int endpoints) {
        return (int) Math.ceil(share * endpoints * (1 / (1 + OVERLOAD_THRESHOLD)));
    }
}
