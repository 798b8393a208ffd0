package io.k3j.scheduler;

import io.k3j.componenthelpers.Toleration;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulercache.SpreadConstraint;
import io.k3j.schedulerconfig.SchedulerProfile;
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
    ///
    /// @param least the lowest number, and the value that has it
    /// @param next the lowest number of the other values
    /// @param changed the value whose number has changed by `delta` since
    private record Counted(SpreadConstraint constraint, Map<String, Integer> counts, int least, String leastAt,
            int next, boolean self, String changed, int delta) {
        static Counted of(SpreadConstraint constraint, Map<String, Integer> counts, boolean self) {
            int least = Integer.MAX_VALUE;
            int next = Integer.MAX_VALUE;
            String leastAt = "";
            for (Map.Entry<String, Integer> e : counts.entrySet()) {
                if (e.getValue() < least) {
                    next = least;
                    least = e.getValue();
                    leastAt = e.getKey();
                } else {
                    next = Math.min(next, e.getValue());
                }
            }
            return new Counted(constraint, counts, counts.isEmpty() ? 0 : least, leastAt, next, self, "", 0);
        }

        Counted changed(String value, int by) {
            return by == 0 ? this : new Counted(constraint, counts, least, leastAt, next, self, value, by);
        }

        int count(String value) {
            return counts.getOrDefault(value, 0) + (delta != 0 && value.equals(changed) ? delta : 0);
        }

        int lowest() {
            if (counts.size() < constraint.minDomains()) {
                return 0;
            }
            return delta == 0 ? least : Math.min(changed.equals(leastAt) ? next : least, count(changed));
        }
    }

    private final PodInfo pod;
    private final List<SpreadConstraint> hard;
    private final List<Counted> counted;

    private SpreadFilter(PodInfo pod, List<SpreadConstraint> hard, List<Counted> counted) {
        this.pod = pod;
        this.hard = hard;
        this.counted = counted;
    }

    /// Null when the pod has no hard constraint.
    static @Nullable Filter of(SchedulerProfile profile, PodInfo pod, Snapshot snapshot) {
        if (pod.spread().isEmpty() && profile.arguments().spread().system()) {
            return null;
        }
        List<SpreadConstraint> hard = SpreadConstraint.of(profile, pod, snapshot).stream()
                .filter(SpreadConstraint::hard).toList();
        if (hard.isEmpty()) {
            return null;
        }
        List<Counted> all = new ArrayList<>();
        for (SpreadConstraint constraint : hard) {
            Map<String, Integer> counts = counts(pod, constraint, hard, snapshot);
            all.add(Counted.of(constraint, counts, constraint.selector().matches(pod.labels())));
        }
        return new SpreadFilter(pod, hard, all);
    }

    private static Map<String, Integer> counts(PodInfo pod, SpreadConstraint constraint, List<SpreadConstraint> hard,
            Snapshot snapshot) {
        Map<String, Integer> counts = new HashMap<>();
        for (NodeState node : snapshot.nodes()) {
            if (counts(pod, constraint, hard, node)) {
                counts.merge(node.labels().get(constraint.topologyKey()), matching(pod, constraint, node),
                        Integer::sum);
            }
        }
        return counts;
    }

    private static boolean counts(PodInfo pod, SpreadConstraint constraint, List<SpreadConstraint> hard,
            NodeState node) {
        return hard.stream().allMatch(c -> node.labels().containsKey(c.topologyKey()))
                && eligible(pod, constraint, node);
    }

    @Override
    public String plugin() {
        return NAME;
    }

    @Override
    public Filter changed(NodeState before, NodeState after) {
        List<Counted> next = new ArrayList<>(counted.size());
        for (Counted c : counted) {
            SpreadConstraint constraint = c.constraint();
            next.add(counts(pod, constraint, hard, after)
                    ? c.changed(after.labels().getOrDefault(constraint.topologyKey(), ""),
                            matching(pod, constraint, after) - matching(pod, constraint, before))
                    : c);
        }
        return new SpreadFilter(pod, hard, next);
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
            if (other.namespace().equals(pod.namespace()) && !other.terminating()
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
            int after = c.count(value) + (c.self() ? 1 : 0);
            if (after - c.lowest() > c.constraint().maxSkew()) {
                return SKEWED;
            }
        }
        return null;
    }
}
