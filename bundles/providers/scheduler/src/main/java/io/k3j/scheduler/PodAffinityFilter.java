package io.k3j.scheduler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Filters by required pod affinity and anti-affinity, including the anti-affinity of existing pods to the new one.
final class PodAffinityFilter implements Filter {
    static final String NAME = "InterPodAffinity";
    private static final Rejection NOT_NEAR = Rejection.hard(NAME, "node(s) didn't match pod affinity rules");
    private static final Rejection TOO_NEAR = Rejection.soft(NAME, "node(s) didn't match pod anti-affinity rules");
    private static final Rejection NOT_LIKED = Rejection.soft(NAME,
            "node(s) didn't satisfy existing pods anti-affinity rules");

    private final PodInfo pod;
    private final Snapshot snapshot;
    private final List<AffinityTerm> near;
    private final List<Set<String>> nearPlaces = new ArrayList<>();
    private final List<AffinityTerm> far;
    private final List<Set<String>> farPlaces = new ArrayList<>();
    private final Map<String, Set<String>> dislike;
    private final boolean firstOfItsKind;

    private PodAffinityFilter(PodInfo pod, Snapshot snapshot, Map<String, Set<String>> dislike) {
        this.pod = pod;
        this.snapshot = snapshot;
        this.near = pod.affinity().required();
        this.far = pod.affinity().against();
        this.dislike = dislike;
        near.forEach(t -> nearPlaces.add(places(t, near, snapshot)));
        far.forEach(t -> farPlaces.add(places(t, List.of(t), snapshot)));
        this.firstOfItsKind = nearPlaces.stream().allMatch(Set::isEmpty)
                && near.stream().allMatch(t -> t.matches(pod, snapshot.namespaceLabels()));
    }

    /// Null when no required term applies.
    static @Nullable Filter of(PodInfo pod, Snapshot snapshot) {
        Map<String, Set<String>> dislike = excludedByExistingPods(pod, snapshot);
        boolean own = !pod.affinity().required().isEmpty() || !pod.affinity().against().isEmpty();
        boolean promised = snapshot.nominated().values().stream().flatMap(List::stream)
                .anyMatch(p -> !p.affinity().against().isEmpty());
        return own || promised || !dislike.isEmpty() ? new PodAffinityFilter(pod, snapshot, dislike) : null;
    }

    /// The topology values excluded by existing pods' anti-affinity: topology key to values.
    private static Map<String, Set<String>> excludedByExistingPods(PodInfo pod, Snapshot snapshot) {
        Map<String, Set<String>> found = new HashMap<>();
        for (NodeState node : snapshot.withAffinity()) {
            for (PodInfo other : node.pods()) {
                for (AffinityTerm term : other.affinity().against()) {
                    String value = node.labels().get(term.topologyKey());
                    if (value != null && term.matches(pod, snapshot.namespaceLabels())) {
                        found.computeIfAbsent(term.topologyKey(), k -> new HashSet<>()).add(value);
                    }
                }
            }
        }
        return found;
    }

    /// The values of a term's topology key on nodes with a pod that matches all terms of `together`.
    private static Set<String> places(AffinityTerm term, List<AffinityTerm> together, Snapshot snapshot) {
        Set<String> found = new HashSet<>();
        for (NodeState node : snapshot.nodes()) {
            String value = node.labels().get(term.topologyKey());
            if (value == null || found.contains(value)) {
                continue;
            }
            for (PodInfo other : node.pods()) {
                if (together.stream().allMatch(t -> t.matches(other, snapshot.namespaceLabels()))) {
                    found.add(value);
                    break;
                }
            }
        }
        return found;
    }

    @Override
    public Filter changed(NodeState before, NodeState after) {
        @Nullable
        Filter next = of(pod, snapshot.replacing(after));
        return next == null ? n -> null : next;
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        for (int i = 0; i < near.size(); i++) {
            String value = node.labels().get(near.get(i).topologyKey());
            if (value == null || !nearPlaces.get(i).contains(value) && !firstOfItsKind) {
                return NOT_NEAR;
            }
        }
        for (int i = 0; i < far.size(); i++) {
            String value = node.labels().get(far.get(i).topologyKey());
            if (value != null && farPlaces.get(i).contains(value)) {
                return TOO_NEAR;
            }
        }
        for (Map.Entry<String, Set<String>> e : dislike.entrySet()) {
            String value = node.labels().get(e.getKey());
            if (value != null && e.getValue().contains(value)) {
                return NOT_LIKED;
            }
        }
        return null;
    }
}
