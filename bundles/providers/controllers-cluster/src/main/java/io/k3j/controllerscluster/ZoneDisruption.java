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
    private static final int MIN_NOT_READY = 2;
    private static final String EXCLUDED = "node.kubernetes.io/exclude-disruption";

    private enum Mode {
        NORMAL, PARTIAL, FULL
    }

    private static final class Zone {
        private double rate;
        private @Nullable Instant last;

        Zone(double rate) {
            this.rate = rate;
        }
    }

    private final NodeMonitoring monitoring;
    private final Map<String, Zone> zones = new HashMap<>();
    private boolean fullyDisrupted;

    /// All zones are healthy at first.
    ///
    /// @param monitoring has the rates
    ZoneDisruption(NodeMonitoring monitoring) {
        this.monitoring = monitoring;
    }

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

    private Mode mode(List<Obj> nodes) {
        long ready = nodes.stream().filter(n -> Conditions.isTrue(n.status().seq("conditions"), "Ready")).count();
        long missing = nodes.size() - ready;
        if (ready == 0) {
            return Mode.FULL;
        }
        boolean unhealthy = missing > MIN_NOT_READY && (double) missing / nodes.size() >= monitoring.unhealthy();
        return unhealthy ? Mode.PARTIAL : Mode.NORMAL;
    }

    private double rate(@Nullable Mode mode, int size) {
        if (mode != Mode.PARTIAL) {
            return monitoring.rate();
        }
        return size > monitoring.largeZone() ? monitoring.secondaryRate() : 0;
    }

    /// Tries to take one eviction from the rate limit of a zone.
    /// @return zero when granted, else the time until the next try
    Duration tryEvict(String zone, Instant now) {
        Zone of = zone(zone);
        if (of.rate == 0) {
            return monitoring.period();
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
        return zones.computeIfAbsent(name, n -> new Zone(monitoring.rate()));
    }
}
