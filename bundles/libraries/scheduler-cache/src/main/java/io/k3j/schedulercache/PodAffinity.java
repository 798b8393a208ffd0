package io.k3j.schedulercache;

import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.componenthelpers.RequiredNodeAffinity;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;

/// The parsed `affinity` and `nodeSelector` of a pod.
///
/// @param node the required node affinity
/// @param nodePreferred preferred node affinity terms with weights
/// @param required required pod affinity terms
/// @param preferred preferred pod affinity terms with weights
/// @param against required pod anti-affinity terms
/// @param preferredAgainst preferred pod anti-affinity terms with weights
public record PodAffinity(RequiredNodeAffinity node, List<NodeSelectorTerm> nodePreferred,
        List<AffinityTerm> required, List<AffinityTerm> preferred, List<AffinityTerm> against,
        List<AffinityTerm> preferredAgainst) {
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
    private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
    private static final PodAffinity NONE = new PodAffinity(RequiredNodeAffinity.NONE, List.of(), List.of(), List.of(),
            List.of(), List.of());

    static PodAffinity of(Obj pod) {
        Struct affinity = pod.spec().struct("affinity");
        if (affinity.isEmpty() && pod.spec().struct("nodeSelector").isEmpty()) {
            return NONE;
        }
        Struct node = affinity.struct("nodeAffinity");
        Struct near = affinity.struct("podAffinity");
        Struct far = affinity.struct("podAntiAffinity");
        return new PodAffinity(RequiredNodeAffinity.of(pod.spec()), NodeSelectorTerm.of(node.seq(PREFERRED)),
                AffinityTerm.of(pod, near.seq(REQUIRED)), AffinityTerm.of(pod, near.seq(PREFERRED)),
                AffinityTerm.of(pod, far.seq(REQUIRED)), AffinityTerm.of(pod, far.seq(PREFERRED)));
    }

    /// Whether there are terms about other pods.
    boolean aboutPods() {
        return !required.isEmpty() || !preferred.isEmpty() || !against.isEmpty() || !preferredAgainst.isEmpty();
    }

    /// Whether a node meets the required node affinity.
    public boolean allows(NodeState node) {
        return this.node.matches(node.name(), node.labels());
    }
}
