package io.k3j.scheduler;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Everything in a pod's `affinity` and `nodeSelector`.
///
/// @param nodeSelector labels the node must have
/// @param nodeLimited whether there are required node terms
/// @param nodeRequired of which one must match
/// @param nodePreferred each with its weight
/// @param required pods to be near to
/// @param preferred pods to be near to, each with its weight
/// @param against pods not to be near to
/// @param preferredAgainst the same, each with its weight
record PodAffinity(Map<String, String> nodeSelector, boolean nodeLimited, List<NodeTerm> nodeRequired,
        List<NodeTerm> nodePreferred, List<PodTerm> required, List<PodTerm> preferred, List<PodTerm> against,
        List<PodTerm> preferredAgainst) {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
    private static final PodAffinity NONE = new PodAffinity(Map.of(), false, List.of(), List.of(), List.of(), List.of(),
            List.of(), List.of());

    static PodAffinity of(Obj pod) {
        Struct affinity = pod.spec().struct("affinity");
        Struct selector = pod.spec().struct("nodeSelector");
        if (affinity.isEmpty() && selector.isEmpty()) {
            return NONE;
        }
        Struct node = affinity.struct("nodeAffinity");
        Struct near = affinity.struct("podAffinity");
        Struct far = affinity.struct("podAntiAffinity");
        return new PodAffinity(selector.texts(), node.has(REQUIRED),
                NodeTerm.of(node.struct(REQUIRED).seq("nodeSelectorTerms")), NodeTerm.of(node.seq(PREFERRED)),
                PodTerm.of(pod, near.seq(REQUIRED)), PodTerm.of(pod, near.seq(PREFERRED)),
                PodTerm.of(pod, far.seq(REQUIRED)), PodTerm.of(pod, far.seq(PREFERRED)));
    }

    /// Whether it says anything about other pods.
    boolean aboutPods() {
        return !required.isEmpty() || !preferred.isEmpty() || !against.isEmpty() || !preferredAgainst.isEmpty();
    }

    /// Whether a node is one of those it is limited to.
    boolean allows(NodeState node) {
        return allows(node.name(), node.labels());
    }

    private boolean allows(String name, Map<String, String> labels) {
        for (Map.Entry<String, String> e : nodeSelector.entrySet()) {
            if (!e.getValue().equals(labels.get(e.getKey()))) {
                return false;
            }
        }
        return !nodeLimited || anyMatches(t -> t.matches(name, labels));
    }

    private boolean anyMatches(Function<NodeTerm, Boolean> matches) {
        for (NodeTerm term : nodeRequired) {
            if (matches.apply(term)) {
                return true;
            }
        }
        return false;
    }
}
