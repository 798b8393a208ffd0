package io.k3j.controllerscluster;

import io.k3j.controllerkit.Conditions;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Limits the rate of evictions by zone: the more nodes of a zone are not ready at once, the more likely the cause is
/// the network and not the nodes. See
/// <https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction>. Instants are monotonic. For one
/// thread.
final class ZoneDisruption {
    /// Nodes per second in a healthy zone, upstream's `--node-eviction-rate`.
    static final double RATE = 0.1;
    /// The same in a large unhealthy zone, upstream's `--secondary-node-eviction-rate`.
    static final double SECONDARY_RATE = 0.01;
    /// The fraction of nodes not ready that makes a zone unhealthy, upstream's `--unhealthy-zone-threshold`.
    static final double UNHEALTHY = 0.55;
    /// An unhealthy zone of up to this size has no evictions, upstream's `--large-cluster-size-threshold`.
    static final int LARGE_ZONE = 50;
    private static final int MIN_NOT_READY = 2;
    private static final String EXCLUDED = "node.kubernetes.io/exclude-disruption";

    private enum Mode {
        NORMAL, PARTIAL, FULL
    }

    private static final class Zone {
        private double rate = RATE;
        private @Nullable Instant last;
    }

    private final Map<String, Zone> zones = new HashMap<>();
    private boolean fullyDisrupted;

    /// The zone of a node, from its labels.
    static String of(Obj node) {
        String region = label(node, "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region");
        String zone = label(node, "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone");
        return region + ":" + zone;
    }

    private static String label(Obj node, String name, String old) {
        return node.labels().getOrDefault(name, node.labels().getOrDefault(old, ""));
    }

    /// Whether all zones are fully disrupted: there are no evictions then, and eviction taints are removed.
    boolean fullyDisrupted() {
        return fullyDisrupted;
    }

    /// Recomputes the state of all zones.
    /// @return whether full disruption of all zones has just ended: every node gets a fresh grace period then
    boolean update(Collection<Obj> nodes) {
        Map<String, List<Obj>> by = nodes.stream().filter(n -> !n.labels().containsKey(EXCLUDED))
                .collect(Collectors.groupingBy(ZoneDisruption::of));
        zones.keySet().retainAll(nodes.stream().map(ZoneDisruption::of).collect(Collectors.toSet()));
        Map<String, Mode> modes = new HashMap<>();
        by.forEach((zone, members) -> modes.put(zone, mode(members)));
        boolean all = !modes.isEmpty() && Set.copyOf(modes.values()).equals(Set.of(Mode.FULL));
        boolean was = fullyDisrupted;
        fullyDisrupted = all;
        by.forEach((zone, members) -> zone(zone).rate = all ? 0 : rate(modes.get(zone), members.size()));
        return was && !all;
    }

    private static Mode mode(List<Obj> nodes) {
        long ready = nodes.stream().filter(n -> Conditions.isTrue(n.status().seq("conditions"), "Ready")).count();
        long missing = nodes.size() - ready;
        if (ready == 0) {
            return Mode.FULL;
        }
        return missing > MIN_NOT_READY && (double) missing / nodes.size() >= UNHEALTHY ? Mode.PARTIAL : Mode.NORMAL;
    }

    private static double rate(@Nullable Mode mode, int size) {
        return mode != Mode.PARTIAL ? RATE : size > LARGE_ZONE ? SECONDARY_RATE : 0;
    }

    /// Tries to take one eviction from the rate limit of a zone.
    /// @return zero when granted, else the time until the next try
    Duration tryEvict(String zone, Instant now) {
        Zone of = zone(zone);
        if (of.rate == 0) {
            return NodeLifecycle.PERIOD;
        }
        Instant last = of.last;
        Instant next = last == null ? now : last.plusMillis((long) (1000 / of.rate));
        if (next.isAfter(now)) {
            return Duration.between(now, next);
        }
        of.last = now;
        return Duration.ZERO;
    }

    private Zone zone(String name) {
        return zones.computeIfAbsent(name, n -> new Zone());
    }
}
