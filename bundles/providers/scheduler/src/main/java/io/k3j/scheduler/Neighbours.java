package io.k3j.scheduler;

import java.util.Map;
import java.util.function.Function;

/// What a pod on a node means for one that spread constraints or pod affinity have rejected: upstream's queueing hints
/// of `PodTopologySpread` and `InterPodAffinity`. Pure.
final class Neighbours {
    private Neighbours() {
    }

    /// Whether a newly bound pod may make a node feasible for a waiting one.
    static boolean welcomes(PodInfo waiting, PodInfo bound, Function<String, Map<String, String>> namespaceLabels) {
        return counts(waiting, bound)
                || waiting.affinity().required().stream().anyMatch(t -> t.matches(bound, namespaceLabels));
    }

    private static boolean counts(PodInfo waiting, PodInfo bound) {
        return waiting.namespace().equals(bound.namespace()) && (spreadByProfile(waiting) || waiting.spread().stream()
                .anyMatch(c -> c.hard() && c.selector().matches(bound.labels())));
    }

    /// One that says nothing of its neighbours can be kept waiting for them only by constraints of its profile.
    private static boolean spreadByProfile(PodInfo waiting) {
        return waiting.spread().isEmpty() && !waiting.affinity().aboutPods();
    }
}
