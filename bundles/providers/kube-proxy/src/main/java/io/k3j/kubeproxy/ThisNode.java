package io.k3j.kubeproxy;

import io.k3j.model.Obj;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What of this node matters to its proxy.
///
/// @param name by which endpoints on it are known
/// @param zone of its label `topology.kubernetes.io/zone`, `""` without one
/// @param addresses its internal ones
/// @param known its internal and external ones
record ThisNode(String name, String zone, List<String> addresses, Set<String> known) {
    /// One of which nothing else is known.
    static ThisNode named(String name) {
        return new ThisNode(name, "", List.of(), Set.of());
    }

    /// As the API has it.
    static ThisNode of(Obj node) {
        return new ThisNode(node.name(), node.labels().getOrDefault("topology.kubernetes.io/zone", ""),
                ProxyOptions.primary(node),
                node.status().seq("addresses").structs().stream().filter(a -> a.text("type").endsWith("IP"))
                        .map(a -> a.text("address")).collect(Collectors.toUnmodifiableSet()));
    }
}
