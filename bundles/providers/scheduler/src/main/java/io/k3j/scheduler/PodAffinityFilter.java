package io.k3j.scheduler;

import io.k3j.schedulercache.AffinityTerm;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Filters by required pod affinity and anti-affinity, including the anti-affinity of existing pods to the new one.
final class PodAffinityFilter implements Filter {
    static final String NAME = "InterPodAffinity";
    private static final Rejection NOT_NEAR = Rejection.hard(NAME, "node(s) didn't match pod affinity rules");
    private static final Rejection TOO_NEAR = Rejection.soft(NAME, "node(s) didn't match pod anti-affinity rules");
    private static final Rejection NOT_LIKED = Rejection.soft(NAME,
            "node(s) didn't satisfy existing pods anti-affinity rules");

    /// The numbers of matches in domains.
    ///
    /// @param near of pods that all required terms of affinity match
    /// @param far of pods that one of the terms of anti-affinity matches
    /// @param dislike of pods with terms of anti-affinity that match the new one
    private record Counts(TopologyCounts near, TopologyCounts far, TopologyCounts dislike) {
        static Counts none() {
            return new Counts(new TopologyCounts(), new TopologyCounts(), new TopologyCounts());
        }

        Counts changed() {
            return new Counts(near.changed(), far.changed(), dislike.changed());
        }
    }

    private final PodInfo pod;
    private final Function<String, Map<String, String>> namespaceLabels;
    private final Counts counts;
    private final boolean matchesItself;

    private PodAffinityFilter(PodInfo pod, Function<String, Map<String, String>> namespaceLabels, Counts counts) {
        this.pod = pod;
        this.namespaceLabels = namespaceLabels;
        this.counts = counts;
        this.matchesItself = pod.affinity().required().stream().allMatch(t -> t.matches(pod, namespaceLabels));
    }

    /// Null when no required term applies.
    static @Nullable Filter of(PodInfo pod, Snapshot snapshot) {
        PodAffinityFilter filter = new PodAffinityFilter(pod, snapshot.namespaceLabels(), Counts.none());
        boolean own = !pod.affinity().required().isEmpty() || !pod.affinity().against().isEmpty();
        if (own) {
            snapshot.nodes().forEach(node -> filter.countMatched(node, node.pods(), 1));
        }
        snapshot.withAffinity().forEach(node -> filter.countMatching(node, node.withAntiAffinity(), 1));
        boolean promised = snapshot.nominated().values().stream().flatMap(List::stream)
                .anyMatch(p -> !p.affinity().against().isEmpty());
        return own || promised || !filter.counts.dislike().isEmpty() ? filter : null;
    }

    /// Counts pods on a node that the terms of the new one match.
    private void countMatched(NodeState node, Collection<PodInfo> pods, int sign) {
        List<AffinityTerm> near = pod.affinity().required();
        for (PodInfo other : pods) {
            if (near.stream().allMatch(t -> t.matches(other, namespaceLabels))) {
                near.forEach(t -> counts.near().add(node, t.topologyKey(), sign));
            }
            for (AffinityTerm term : pod.affinity().against()) {
                if (term.matches(other, namespaceLabels)) {
                    counts.far().add(node, term.topologyKey(), sign);
                }
            }
        }
    }

    /// Counts pods on a node whose terms of anti-affinity match the new one.
    private void countMatching(NodeState node, Collection<PodInfo> pods, int sign) {
        for (PodInfo other : pods) {
            for (AffinityTerm term : other.affinity().against()) {
                if (term.matches(pod, namespaceLabels)) {
                    counts.dislike().add(node, term.topologyKey(), sign);
                }
            }
        }
    }

    @Override
    public String plugin() {
        return NAME;
    }

    @Override
    public Filter changed(NodeState before, NodeState after) {
        PodAffinityFilter next = new PodAffinityFilter(pod, namespaceLabels, counts.changed());
        List<PodInfo> left = less(before.pods(), after.pods());
        List<PodInfo> came = less(after.pods(), before.pods());
        next.countMatched(before, left, -1);
        next.countMatching(before, left, -1);
        next.countMatched(after, came, 1);
        next.countMatching(after, came, 1);
        return next;
    }

    private static List<PodInfo> less(Collection<PodInfo> pods, Collection<PodInfo> others) {
        Set<PodInfo> known = new HashSet<>(others);
        return pods.stream().filter(p -> !known.contains(p)).toList();
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        boolean firstOfItsKind = matchesItself && counts.near().isEmpty();
        for (AffinityTerm term : pod.affinity().required()) {
            String value = node.labels().get(term.topologyKey());
            if (value == null || !counts.near().has(term.topologyKey(), value) && !firstOfItsKind) {
                return NOT_NEAR;
            }
        }
        if (counts.far().hasAny(node)) {
            return TOO_NEAR;
        }
        return counts.dislike().hasAny(node) ? NOT_LIKED : null;
    }
}
