package io.k3j.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All nodes with their pods and nominations at one moment, with lookups of namespaces and volumes. Immutable.
///
/// @param nodes the nodes in the order of evaluation
/// @param withAffinity the nodes with pods that have affinity terms
/// @param nominated the nominated pods, by node
/// @param namespaceLabels the labels of a namespace
/// @param volumes claims, volumes and classes
record Snapshot(List<NodeState> nodes, List<NodeState> withAffinity, Map<String, List<PodInfo>> nominated,
        Function<String, Map<String, String>> namespaceLabels, ClaimedVolumes volumes) {
    static Snapshot of(List<NodeState> nodes, Map<String, List<PodInfo>> nominated,
            Function<String, Map<String, String>> namespaceLabels, ClaimedVolumes volumes) {
        List<NodeState> some = new ArrayList<>();
        for (NodeState node : nodes) {
            if (!node.withAffinity().isEmpty()) {
                some.add(node);
            }
        }
        return new Snapshot(nodes, some, nominated, namespaceLabels, volumes);
    }

    /// The nodes with some names that there are.
    List<NodeState> named(Set<String> names) {
        return nodes.stream().filter(n -> names.contains(n.name())).toList();
    }

    @Nullable
    NodeState node(String name) {
        for (NodeState node : nodes) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        return null;
    }
}
