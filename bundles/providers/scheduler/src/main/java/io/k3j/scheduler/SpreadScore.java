package io.k3j.scheduler;

import io.k3j.model.Selector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Scores by soft topology spread constraints. A pod without constraints that has a controller is spread over hosts
/// and zones among its siblings, upstream's default constraints.
final class SpreadScore {
    private static final int WEIGHT = 2;
    private static final String HOST = "kubernetes.io/hostname";
    private static final List<SpreadConstraint> DEFAULTS = List.of(
            new SpreadConstraint(3, HOST, false, Selector.EVERYTHING, 1, true, false),
            new SpreadConstraint(5, "topology.kubernetes.io/zone", false, Selector.EVERYTHING, 1, true, false));

    private final PodInfo pod;
    private final List<NodeState> feasible;
    private final boolean defaults;
    private final List<SpreadConstraint> soft;

    private SpreadScore(PodInfo pod, List<NodeState> feasible) {
        this.pod = pod;
        this.feasible = feasible;
        this.defaults = pod.spread().isEmpty();
        this.soft = (defaults ? DEFAULTS : pod.spread()).stream().filter(c -> !c.hard()).toList();
    }

    static void add(double[] totals, PodInfo pod, List<NodeState> feasible, Snapshot snapshot) {
        if (feasible.size() < 2 || pod.spread().isEmpty() && pod.owner().isEmpty()) {
            return;
        }
        SpreadScore score = new SpreadScore(pod, feasible);
        double[] sums = new double[totals.length];
        boolean some = false;
        for (SpreadConstraint c : score.soft) {
            some |= score.add(sums, c, snapshot);
        }
        if (some) {
            score.normalize(totals, sums);
        }
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
                counts.merge(value, defaults ? siblings(pod, node) : SpreadFilter.matching(pod, c, node), Integer::sum);
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

    private static int siblings(PodInfo pod, NodeState node) {
        int count = 0;
        for (PodInfo other : node.pods()) {
            if (other.owner().equals(pod.owner()) && !other.pod().terminating()) {
                count++;
            }
        }
        return count;
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
