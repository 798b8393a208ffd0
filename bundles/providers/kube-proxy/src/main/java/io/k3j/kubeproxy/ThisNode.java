package io.k3j.kubeproxy;

import io.k3j.model.Obj;
import java.util.List;

/// What of this node matters to its proxy.
///
/// @param name by which endpoints on it are known
/// @param zone of its label `topology.kubernetes.io/zone`, `""` without one
/// @param addresses its internal ones
record ThisNode(String name, String zone, List<String> addresses) {
    /// One of which nothing else is known.
    static ThisNode named(String name) {
        return new ThisNode(name, "", List.of());
    }

    /// As the API has it.
    static ThisNode of(Obj node) {
        return new ThisNode(node.name(), node.labels().getOrDefault("topology.kubernetes.io/zone", ""),
                ProxyOptions.primary(node));
    }
}
