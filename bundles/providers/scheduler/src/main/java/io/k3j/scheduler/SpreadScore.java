package io.k3j.scheduler;

import io.k3j.model.Selector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;

/// Scores by soft topology spread constraints. A pod without constraints that has a controller is spread over hosts
/// and zones among its siblings, upstream's default constraints.
final class SpreadScore {
    private static final int WEIGHT = 2;
    private static final String HOST = "kubernetes.io/hostname";
    private static final List<SpreadConstraint> DEFAULTS = List.of(
            new SpreadConstraint(3, HOST, false, Selector.EVERYTHING, 1, true, false),
            new SpreadConstraint(5, "topology.kubernetes.io/zone", false, Selector.EVERYTHING, 1, true, false));

    private SpreadScore() {
    }

    static void add(double[] totals, PodInfo pod, List<NodeState> feasible, Snapshot snapshot) {
        boolean defaults = pod.spread().isEmpty();
        if (feasible.size() < 2 || defaults && pod.owner().isEmpty()) {
            return;
        }
        double[] sums = new double[totals.length];
        boolean some = false;
        for (SpreadConstraint c : defaults ? DEFAULTS : pod.spread()) {
            if (!c.hard()) {
                some |= add(sums, c, feasible, snapshot, defaults
                        ? n -> siblings(pod, n)
                        : n -> SpreadFilter.matching(pod, c, n));
            }
        }
        if (some) {
            normalize(totals, sums);
        }
    }

    private static boolean add(double[] sums, SpreadConstraint c, List<NodeState> feasible, Snapshot snapshot,
            ToIntFunction<NodeState> count) {
        Map<String, Integer> counts = new HashMap<>();
        boolean host = c.topologyKey().equals(HOST);
        for (NodeState node : feasible) {
            String value = node.labels().get(c.topologyKey());
            if (value != null) {
                counts.putIfAbsent(value, 0);
            }
        }
        if (counts.isEmpty()) {
            return false;
        }
        for (NodeState node : host ? feasible : snapshot.nodes()) {
            String value = node.labels().get(c.topologyKey());
            if (value != null && counts.containsKey(value)) {
                counts.merge(value, count.applyAsInt(node), Integer::sum);
            }
        }
        double factor = Math.log(counts.size() + 2.0);
        for (int i = 0; i < sums.length; i++) {
            String value = feasible.get(i).labels().get(c.topologyKey());
            sums[i] += value == null ? 0 : Objects.requireNonNull(counts.get(value)) * factor + c.maxSkew() - 1;
        }
        return true;
    }

    private static int siblings(PodInfo pod, NodeState node) {
        int count = 0;
        for (PodInfo other : node.pods()) {
            if (other.owner().equals(pod.owner()) && !other.pod().terminating()) {
                count++;
            }
        }
        return count;
    }

    private static void normalize(double[] totals, double[] sums) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (double s : sums) {
            least = Math.min(least, Math.round(s));
            most = Math.max(most, Math.round(s));
        }
        for (int i = 0; i < totals.length; i++) {
            totals[i] += WEIGHT * (most == 0 ? 100 : Math.floor(100 * (most + least - Math.round(sums[i])) / most));
        }
    }
}
