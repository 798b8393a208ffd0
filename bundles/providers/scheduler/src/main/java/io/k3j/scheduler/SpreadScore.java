package io.k3j.scheduler;

import io.k3j.model.Selector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Scores by soft topology spread constraints. A pod without constraints is spread by upstream's default ones over
/// hosts and zones, among those that [Snapshot#siblings] says.
final class SpreadScore {
    private static final int WEIGHT = 2;
    private static final String HOST = "kubernetes.io/hostname";
    private static final String ZONE = "topology.kubernetes.io/zone";

    private final PodInfo pod;
    private final List<NodeState> feasible;
    private final boolean defaults;
    private final List<SpreadConstraint> soft;

    private SpreadScore(PodInfo pod, List<NodeState> feasible, List<SpreadConstraint> soft) {
        this.pod = pod;
        this.feasible = feasible;
        this.defaults = pod.spread().isEmpty();
        this.soft = soft;
    }

    static void add(double[] totals, PodInfo pod, List<NodeState> feasible, Snapshot snapshot) {
        if (feasible.size() < 2) {
            return;
        }
        List<SpreadConstraint> soft = pod.spread().isEmpty() ? defaults(snapshot.siblings(pod))
                : pod.spread().stream().filter(c -> !c.hard()).toList();
        SpreadScore score = new SpreadScore(pod, feasible, soft);
        double[] sums = new double[totals.length];
        boolean some = false;
        for (SpreadConstraint c : soft) {
            some |= score.add(sums, c, snapshot);
        }
        if (some) {
            score.normalize(totals, sums);
        }
    }

    /// Upstream's `systemDefaultConstraints`.
    private static List<SpreadConstraint> defaults(Selector siblings) {
        return siblings.everything() ? List.of()
                : List.of(new SpreadConstraint(3, HOST, false, siblings, 1, true, false),
                        new SpreadConstraint(5, ZONE, false, siblings, 1, true, false));
    }

    private boolean add(double[] sums, SpreadConstraint c, Snapshot snapshot) {
        Map<String, Integer> counts = new HashMap<>();
        boolean host = c.topologyKey().equals(HOST);
        for (NodeState node : feasible) {
            String value = node.labels().get(c.topologyKey());
            if (value != null && labelled(node)) {
                counts.putIfAbsent(value, 0);
            }
        }
        if (counts.isEmpty()) {
            return false;
        }
        for (NodeState node : host ? feasible : snapshot.nodes()) {
            String value = node.labels().get(c.topologyKey());
            if (value != null && counts.containsKey(value) && (host || counted(c, node))) {
                counts.merge(value, SpreadFilter.matching(pod, c, node), Integer::sum);
            }
        }
        double factor = Math.log(counts.size() + 2.0);
        for (int i = 0; i < sums.length; i++) {
            String value = feasible.get(i).labels().get(c.topologyKey());
            sums[i] += value == null ? 0 : counts.getOrDefault(value, 0) * factor + c.maxSkew() - 1;
        }
        return true;
    }

    /// Whether a node has the keys of all constraints that the pod has for itself; one that lacks a key gets nothing.
    private boolean labelled(NodeState node) {
        return defaults || soft.stream().allMatch(c -> node.labels().containsKey(c.topologyKey()));
    }

    private boolean counted(SpreadConstraint c, NodeState node) {
        return labelled(node) && SpreadFilter.eligible(pod, c, node);
    }

    private void normalize(double[] totals, double[] sums) {
        double least = Double.MAX_VALUE;
        double most = 0;
        for (int i = 0; i < sums.length; i++) {
            if (labelled(feasible.get(i))) {
                least = Math.min(least, Math.round(sums[i]));
                most = Math.max(most, Math.round(sums[i]));
            }
        }
        for (int i = 0; i < totals.length; i++) {
            if (labelled(feasible.get(i))) {
                totals[i] += WEIGHT * (most == 0 ? 100 : Math.floor(100 * (most + least - Math.round(sums[i])) / most));
            }
        }
    }
}
