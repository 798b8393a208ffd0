package io.k3j.scheduler;

import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulercache.SpreadConstraint;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Scores by soft topology spread constraints, a pod's own or those of its profile.
final class SpreadScore {
    private final PodInfo pod;
    private final List<NodeState> feasible;
    /// Whether a node may lack the key of a constraint: upstream's own default ones are for nodes without zones, too.
    private final boolean lenient;
    private final List<SpreadConstraint> soft;
    private final long weight;

    private SpreadScore(SchedulerProfile profile, PodInfo pod, List<NodeState> feasible, List<SpreadConstraint> soft) {
        this.pod = pod;
        this.feasible = feasible;
        this.lenient = pod.spread().isEmpty() && profile.arguments().spread().system();
        this.soft = soft;
        this.weight = profile.weight(SpreadFilter.NAME);
    }

    static void add(double[] totals, SchedulerProfile profile, PodInfo pod, List<NodeState> feasible,
            Snapshot snapshot) {
        if (feasible.size() < 2) {
            return;
        }
        List<SpreadConstraint> soft = SpreadConstraint.of(profile, pod, snapshot).stream().filter(c -> !c.hard())
                .toList();
        SpreadScore score = new SpreadScore(profile, pod, feasible, soft);
        double[] sums = new double[totals.length];
        boolean some = false;
        for (SpreadConstraint c : soft) {
            some |= score.add(sums, c, snapshot);
        }
        if (some) {
            score.normalize(totals, sums);
        }
    }

    private boolean add(double[] sums, SpreadConstraint c, Snapshot snapshot) {
        Map<String, Integer> counts = new HashMap<>();
        boolean host = c.topologyKey().equals(SpreadConstraint.HOST);
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

    /// Whether a node has the keys of all constraints; one that lacks a key gets nothing.
    private boolean labelled(NodeState node) {
        return lenient || soft.stream().allMatch(c -> node.labels().containsKey(c.topologyKey()));
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
                totals[i] += weight * (most == 0 ? 100 : Math.floor(100 * (most + least - Math.round(sums[i])) / most));
            }
        }
    }
}
