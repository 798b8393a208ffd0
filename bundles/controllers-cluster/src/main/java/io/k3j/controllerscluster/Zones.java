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

/// How fast nodes of each zone may be emptied: the more of a zone is away at once, the likelier it is the way to it and
/// not the nodes. See <https://kubernetes.io/docs/concepts/architecture/nodes/#rate-limits-on-eviction>. Instants are
/// monotonic. For one thread.
final class Zones {
    /// Nodes a second of a healthy zone, upstream's `--node-eviction-rate`.
    static final double RATE = 0.1;
    /// The same of a large zone of which too many are away, upstream's `--secondary-node-eviction-rate`.
    static final double SECONDARY_RATE = 0.01;
    /// The share of a zone that makes it unhealthy, upstream's `--unhealthy-zone-threshold`.
    static final double UNHEALTHY = 0.55;
    /// A zone of up to so many nodes is not emptied at all while it is unhealthy, upstream's
    /// `--large-cluster-size-threshold`.
    static final int LARGE = 50;
    private static final int FEW = 2;
    private static final String EXCLUDED = "node.kubernetes.io/exclude-disruption";

    private enum Mode {
        NORMAL, PARTIAL, FULL
    }

    private static final class Zone {
        private double rate = RATE;
        private @Nullable Instant last;
    }

    private final Map<String, Zone> zones = new HashMap<>();
    private boolean away;

    /// A zone's name of the labels of a node.
    static String of(Obj node) {
        String region = label(node, "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region");
        String zone = label(node, "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone");
        return region + ":" + zone;
    }

    private static String label(Obj node, String name, String old) {
        return node.labels().getOrDefault(name, node.labels().getOrDefault(old, ""));
    }

    /// Whether every node of every zone is away: nothing is evicted then, what was begun is taken back.
    boolean away() {
        return away;
    }

    /// Judges all zones by the nodes as they are.
    /// @return whether some node is back after all were away: every node gets a fresh grace period then
    boolean look(Collection<Obj> nodes) {
        Map<String, List<Obj>> by = nodes.stream().filter(n -> !n.labels().containsKey(EXCLUDED))
                .collect(Collectors.groupingBy(Zones::of));
        zones.keySet().retainAll(nodes.stream().map(Zones::of).collect(Collectors.toSet()));
        Map<String, Mode> modes = new HashMap<>();
        by.forEach((zone, members) -> modes.put(zone, mode(members)));
        boolean all = !modes.isEmpty() && Set.copyOf(modes.values()).equals(Set.of(Mode.FULL));
        boolean was = away;
        away = all;
        by.forEach((zone, members) -> zone(zone).rate = all ? 0 : rate(modes.get(zone), members.size()));
        return was && !all;
    }

    private static Mode mode(List<Obj> nodes) {
        long ready = nodes.stream().filter(n -> Conditions.isTrue(n.status().seq("conditions"), "Ready")).count();
        long missing = nodes.size() - ready;
        if (ready == 0) {
            return Mode.FULL;
        }
        return missing > FEW && (double) missing / nodes.size() >= UNHEALTHY ? Mode.PARTIAL : Mode.NORMAL;
    }

    private static double rate(@Nullable Mode mode, int size) {
        return mode != Mode.PARTIAL ? RATE : size > LARGE ? SECONDARY_RATE : 0;
    }

    /// Takes the right to empty one more node of a zone.
    /// @return zero when it was given, else when to ask again
    Duration take(String zone, Instant now) {
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
