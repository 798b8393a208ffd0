package io.k3j.scheduler;

import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import java.util.Map;
import java.util.function.Function;

/// What a pod on a node means for one that spread constraints or pod affinity have rejected: upstream's queueing hints
/// of `PodTopologySpread` and `InterPodAffinity`. Pure.
final class Neighbours {
    private Neighbours() {
    }

    /// Whether a newly bound pod may make a node feasible for a waiting one.
    static boolean welcomes(PodInfo waiting, PodInfo bound, Function<String, Map<String, String>> namespaceLabels,
            SchedulerConfiguration configuration) {
        return counts(waiting, bound, configuration)
                || waiting.affinity().required().stream().anyMatch(t -> t.matches(bound, namespaceLabels));
    }

    private static boolean counts(PodInfo waiting, PodInfo bound, SchedulerConfiguration configuration) {
        if (!waiting.namespace().equals(bound.namespace())) {
            return false;
        }
        return waiting.spread().isEmpty() ? spreadByProfile(waiting, configuration)
                : waiting.spread().stream().anyMatch(c -> c.hard() && c.selector().matches(bound.labels()));
    }

    private static boolean spreadByProfile(PodInfo waiting, SchedulerConfiguration configuration) {
        return configuration.profile(waiting.schedulerName()).map(p -> p.arguments().spread())
                .filter(spread -> !spread.system() && !spread.constraints().isEmpty()).isPresent();
    }
}
