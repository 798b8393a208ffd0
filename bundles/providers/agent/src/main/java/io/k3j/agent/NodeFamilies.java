package io.k3j.agent;

import io.k3j.componentapi.ClusterSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whether the addresses of this node fit the networks of its cluster, which it hears of when it joins.
final class NodeFamilies {
    private NodeFamilies() {
    }

    /// The cluster's settings with `nodeIp` in the order of the cluster's families, as K3s has it: the first address is
    /// of the family the cluster begins with.
    /// @throws IllegalArgumentException with K3s' sentence, when the node lacks a family
    static ClusterSettings fitted(ClusterSettings cluster, List<String> cidrs, List<String> nodeIps) {
        if (nodeIps.isEmpty() || cidrs.isEmpty()) {
            return cluster;
        }
        if (cidrs.stream().anyMatch(c -> nodeIps.stream().noneMatch(ip -> ipv6(ip) == ipv6(c)))) {
            throw new IllegalArgumentException("cluster-cidr: [" + String.join(" ", cidrs) + "] and node-ip: ["
                    + String.join(" ", nodeIps) + "], must share the same IP version (IPv4, IPv6 or dual-stack); "
                    + "give an address of each by --node-ip");
        }
        List<String> ordered = new ArrayList<>(nodeIps);
        boolean first = ipv6(cidrs.getFirst());
        ordered.sort((a, b) -> Boolean.compare(ipv6(a) != first, ipv6(b) != first));
        Map<String, Object> values = new HashMap<>(cluster.values());
        values.put("nodeIp", ordered.toArray(String[]::new));
        return new ClusterSettings(values, cluster.disabled());
    }

    private static boolean ipv6(String address) {
        return address.contains(":");
    }
}
