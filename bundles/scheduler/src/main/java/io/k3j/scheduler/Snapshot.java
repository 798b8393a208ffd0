package io.k3j.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All nodes with their pods at one moment, what is on its way to them, and what is known of namespaces
/// and volumes. Immutable.
///
/// @param nodes in the order they are tried
/// @param withAffinity those with pods that say something about other pods
/// @param nominated pods that wait for room to be made, by node
/// @param namespaceLabels the labels of a namespace
/// @param volumes claims, volumes and classes
record Snapshot(List<NodeState> nodes, List<NodeState> withAffinity, Map<String, List<PodInfo>> nominated,
        Function<String, Map<String, String>> namespaceLabels, Volumes volumes) {
    static Snapshot of(List<NodeState> nodes, Map<String, List<PodInfo>> nominated,
            Function<String, Map<String, String>> namespaceLabels, Volumes volumes) {
        List<NodeState> some = new ArrayList<>();
        for (NodeState node : nodes) {
            if (node.hasAffinity()) {
                some.add(node);
            }
        }
        return new Snapshot(nodes, some, nominated, namespaceLabels, volumes);
    }

    /// The same with one node in another state.
    Snapshot replacing(NodeState changed) {
        List<NodeState> next = new ArrayList<>(nodes);
        next.replaceAll(n -> n.name().equals(changed.name()) ? changed : n);
        return of(next, nominated, namespaceLabels, volumes);
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
