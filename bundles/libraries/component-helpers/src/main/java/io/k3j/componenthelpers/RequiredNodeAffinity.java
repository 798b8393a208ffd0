package io.k3j.componenthelpers;

import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;

/// On which nodes alone a pod may run: `nodeSelector` and the required terms of its node affinity, as upstream's
/// `nodeaffinity.RequiredNodeAffinity`:
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/>.
///
/// @param nodeSelector labels the node must have
/// @param limited whether there are required terms, be it none
/// @param terms of which one must match then
public record RequiredNodeAffinity(Map<String, String> nodeSelector, boolean limited, List<NodeSelectorTerm> terms) {
    /// Allows every node.
    public static final RequiredNodeAffinity NONE = new RequiredNodeAffinity(Map.of(), false, List.of());
    private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";

    /// That of a pod's `spec`.
    /// @throws IllegalArgumentException for an unknown operator
    public static RequiredNodeAffinity of(Struct podSpec) {
        Struct node = podSpec.struct("affinity").struct("nodeAffinity");
        return new RequiredNodeAffinity(podSpec.struct("nodeSelector").texts(), node.has(REQUIRED),
                NodeSelectorTerm.of(node.struct(REQUIRED).seq("nodeSelectorTerms")));
    }

    /// Whether every node is allowed, whatever its labels.
    public boolean everything() {
        return !limited && nodeSelector.isEmpty();
    }

    /// Whether a node of this name with these labels is allowed.
    public boolean matches(String node, Map<String, String> labels) {
        for (Map.Entry<String, String> e : nodeSelector.entrySet()) {
            if (!e.getValue().equals(labels.get(e.getKey()))) {
                return false;
            }
        }
        return !limited || NodeSelectorTerm.anyMatches(terms, node, labels);
    }
}
