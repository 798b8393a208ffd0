package io.k3j.scheduler;

import io.k3j.componenthelpers.Toleration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Filters by hard topology spread constraints.
final class SpreadFilter implements Filter {
    static final String NAME = "PodTopologySpread";
    private static final Rejection SKEWED = Rejection.soft(NAME,
            "node(s) didn't match pod topology spread constraints");
    private static final Rejection NO_LABEL = Rejection.hard(NAME,
            "node(s) didn't match pod topology spread constraints (missing required label)");

    /// One constraint with the number of matching pods by topology value.
    private record Counted(SpreadConstraint constraint, Map<String, Integer> counts, int least, boolean self) {
    }

    private final List<Counted> counted;

    private SpreadFilter(List<Counted> counted) {
        this.counted = counted;
    }

    /// Null when the pod has no hard constraint.
    static @Nullable Filter of(PodInfo pod, Snapshot snapshot) {
        List<SpreadConstraint> hard = pod.spread().stream().filter(SpreadConstraint::hard).toList();
        if (hard.isEmpty()) {
            return null;
        }
        List<Counted> all = new ArrayList<>();
        for (SpreadConstraint constraint : hard) {
            Map<String, Integer> counts = counts(pod, constraint, hard, snapshot);
            int least = counts.size() < constraint.minDomains()
                    ? 0
                    : counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
            all.add(new Counted(constraint, counts, least, constraint.selector().matches(pod.labels())));
        }
        return new SpreadFilter(all);
    }

    private static Map<String, Integer> counts(PodInfo pod, SpreadConstraint constraint, List<SpreadConstraint> hard,
            Snapshot snapshot) {
        Map<String, Integer> counts = new HashMap<>();
        for (NodeState node : snapshot.nodes()) {
            boolean labelled = hard.stream().allMatch(c -> node.labels().containsKey(c.topologyKey()));
            if (labelled && eligible(pod, constraint, node)) {
                counts.merge(node.labels().get(constraint.topologyKey()), matching(pod, constraint, node),
                        Integer::sum);
            }
        }
        return counts;
    }

    static boolean eligible(PodInfo pod, SpreadConstraint constraint, NodeState node) {
        if (constraint.honorsAffinity() && !pod.affinity().allows(node)) {
            return false;
        }
        return !constraint.honorsTaints() || node.taints().stream().allMatch(
                t -> t.effect().equals("PreferNoSchedule") || Toleration.tolerated(pod.tolerations(), t));
    }

    static int matching(PodInfo pod, SpreadConstraint constraint, NodeState node) {
        int count = 0;
        for (PodInfo other : node.pods()) {
            if (other.namespace().equals(pod.namespace()) && !other.pod().terminating()
                    && constraint.selector().matches(other.labels())) {
                count++;
            }
        }
        return count;
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        for (Counted c : counted) {
            String value = node.labels().get(c.constraint().topologyKey());
            if (value == null) {
                return NO_LABEL;
            }
            int after = c.counts().getOrDefault(value, 0) + (c.self() ? 1 : 0);
            if (after - c.least() > c.constraint().maxSkew()) {
                return SKEWED;
            }
        }
        return null;
    }
}
