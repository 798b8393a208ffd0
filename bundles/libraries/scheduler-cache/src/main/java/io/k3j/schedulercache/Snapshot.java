package io.k3j.schedulercache;

import io.k3j.deviceallocation.ClaimedDevices;
import io.k3j.model.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// All nodes with their pods and nominations at one moment, with lookups of namespaces, volumes and selectors.
/// Immutable.
///
/// @param nodes the nodes in the order of evaluation
/// @param withAffinity the nodes with pods that have affinity terms
/// @param nominated the nominated pods, by node
/// @param lookups what is asked for as it is now
public record Snapshot(List<NodeState> nodes, List<NodeState> withAffinity, Map<String, List<PodInfo>> nominated,
        Lookups lookups) {
    /// What is not of nodes and pods.
    ///
    /// @param namespaceLabels the labels of a namespace
    /// @param volumes claims, volumes and classes
    /// @param devices ResourceClaims, and what drivers offer
    /// @param siblings among which pods one without spread constraints of its own is spread; everything for none
    /// @param served the addresses of nodes at which Services have a host port of a pod
    record Lookups(Function<String, Map<String, String>> namespaceLabels, ClaimedVolumes volumes,
            ClaimedDevices devices, Function<PodInfo, Selector> siblings,
            Function<PodInfo, Set<String>> served) {
    }

    static Snapshot of(List<NodeState> nodes, Map<String, List<PodInfo>> nominated, Lookups lookups) {
        List<NodeState> some = new ArrayList<>();
        for (NodeState node : nodes) {
            if (!node.withAffinity().isEmpty()) {
                some.add(node);
            }
        }
        return new Snapshot(nodes, some, nominated, lookups);
    }

    /// The labels of a namespace, by its name.
    public Function<String, Map<String, String>> namespaceLabels() {
        return lookups.namespaceLabels();
    }

    /// Claims, volumes and classes as they are now.
    public ClaimedVolumes volumes() {
        return lookups.volumes();
    }

    /// ResourceClaims, and what drivers offer, as they are now.
    public ClaimedDevices devices() {
        return lookups.devices();
    }

    /// Among which pods a pod is spread by default.
    Selector siblings(PodInfo pod) {
        return lookups.siblings().apply(pod);
    }

    /// The addresses of nodes at which Services of type `LoadBalancer` have a host port of a pod now.
    public Set<String> served(PodInfo pod) {
        return lookups.served().apply(pod);
    }

    /// The nodes with some names that there are.
    public List<NodeState> named(Set<String> names) {
        return nodes.stream().filter(n -> names.contains(n.name())).toList();
    }

    /// The node of a name, null when there is none.
    public @Nullable NodeState node(String name) {
        for (NodeState node : nodes) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        return null;
    }
}
