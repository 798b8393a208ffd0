package io.k3j.servicelb;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `status.loadBalancer.ingress`: the addresses of the nodes that carry a Service, as K3s has them: external ones alone
/// as soon as one node has one, else internal ones; the families in the order of the Service, in each the addresses
/// sorted. `ipMode` is `VIP`, since packets arrive with the address they were sent to. A node's external DNS name
/// stands beside its addresses. Pure.
final class IngressStatus {
    private IngressStatus() {
    }

    /// What a Service has.
    static Seq of(Obj service) {
        return service.status().struct("loadBalancer").seq("ingress");
    }

    /// @param nodes those that carry the Service and are ready
    /// @param owned whether an address belongs to the node that claims it
    static Seq of(List<BalancerNode> nodes, List<String> families, Owned owned) {
        Map<String, Struct> external = entries(nodes, BalancerNode::external, owned);
        Map<String, Struct> all = external.isEmpty() ? entries(nodes, BalancerNode::internal, owned) : external;
        return Seq.copyOf(families.stream().flatMap(f -> all.entrySet().stream()
                .filter(e -> e.getKey().contains(":") == f.equals("IPv6")).map(Map.Entry::getValue)).toList());
    }

    /// Whether an address belongs to a node.
    @FunctionalInterface
    interface Owned {
        /// @param node its name
        boolean by(String node, String address);
    }

    private static Map<String, Struct> entries(List<BalancerNode> nodes, Function<BalancerNode, List<String>> kind,
            Owned owned) {
        Map<String, Struct> all = new TreeMap<>();
        for (BalancerNode node : nodes) {
            for (String address : kind.apply(node)) {
                if (owned.by(node.name(), address)) {
                    all.put(address, Struct.builder().put("ip", address).put("ipMode", "VIP")
                            .putUnlessEmpty("hostname", node.hostname()).build());
                }
            }
        }
        return all;
    }

    /// Whether two lists say the same; an address without a mode is a `VIP`.
    static boolean same(Seq one, Seq other) {
        return one.size() == other.size() && Stream.iterate(0, i -> i + 1).limit(one.size())
                .allMatch(i -> full(one.struct(i)).equals(full(other.struct(i))));
    }

    private static Struct full(Struct entry) {
        return entry.text("ip").isEmpty() || !entry.text("ipMode").isEmpty() ? entry : entry.with("ipMode", "VIP");
    }

    /// The addresses or names, as K3s' events show them: `[192.0.2.1 192.0.2.2]`.
    static String shown(Seq ingress) {
        return ingress.structs().stream().map(e -> e.text("ip", e.text("hostname")))
                .collect(Collectors.joining(" ", "[", "]"));
    }
}
