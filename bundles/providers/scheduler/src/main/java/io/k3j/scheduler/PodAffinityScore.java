package io.k3j.scheduler;

import io.k3j.schedulercache.AffinityTerm;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.SchedulerProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Scores by preferred pod affinity and anti-affinity, of the new pod and of existing pods.
final class PodAffinityScore {
    private final PodInfo pod;
    private final Snapshot snapshot;
    /// The weight of existing pods' required affinity.
    private final long hardWeight;
    private final long weight;
    private final Map<String, Map<String, Long>> likes = new HashMap<>();

    private PodAffinityScore(SchedulerProfile profile, PodInfo pod, Snapshot snapshot) {
        this.pod = pod;
        this.snapshot = snapshot;
        this.hardWeight = profile.arguments().podAffinity().hardWeight();
        this.weight = profile.weight(PodAffinityFilter.NAME);
    }

    static void add(double[] totals, SchedulerProfile profile, PodInfo pod, List<NodeState> feasible,
            Snapshot snapshot) {
        boolean own = !pod.affinity().preferred().isEmpty() || !pod.affinity().preferredAgainst().isEmpty();
        if (!own && (snapshot.withAffinity().isEmpty() || profile.arguments().podAffinity().ignoresPreferred())) {
            return;
        }
        PodAffinityScore score = new PodAffinityScore(profile, pod, snapshot);
        for (NodeState node : own ? snapshot.nodes() : snapshot.withAffinity()) {
            for (PodInfo other : own ? node.pods() : node.withAffinity()) {
                score.count(node, other);
            }
        }
        if (!score.likes.isEmpty()) {
            score.addTo(totals, feasible);
        }
    }

    private void count(NodeState node, PodInfo other) {
        count(node, pod.affinity().preferred(), other, 1, false);
        count(node, pod.affinity().preferredAgainst(), other, -1, false);
        count(node, other.affinity().preferred(), pod, 1, false);
        count(node, other.affinity().preferredAgainst(), pod, -1, false);
        count(node, other.affinity().required(), pod, 1, true);
    }

    private void count(NodeState node, List<AffinityTerm> terms, PodInfo about, int sign, boolean hard) {
        for (AffinityTerm term : terms) {
            String value = node.labels().get(term.topologyKey());
            if (value != null && term.matches(about, snapshot.namespaceLabels())) {
                likes.computeIfAbsent(term.topologyKey(), k -> new HashMap<>()).merge(value,
                        sign * (hard ? hardWeight : term.weight()), Long::sum);
            }
        }
    }

    private void addTo(double[] totals, List<NodeState> feasible) {
        long[] sums = new long[totals.length];
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (int i = 0; i < sums.length; i++) {
            for (Map.Entry<String, Map<String, Long>> e : likes.entrySet()) {
                sums[i] += e.getValue().getOrDefault(feasible.get(i).labels().getOrDefault(e.getKey(), ""), 0L);
            }
            least = Math.min(least, sums[i]);
            most = Math.max(most, sums[i]);
        }
        for (int i = 0; i < sums.length; i++) {
            totals[i] += most == least ? 0 : weight * Math.floor(100.0 * (sums[i] - least) / (most - least));
        }
    }
}
