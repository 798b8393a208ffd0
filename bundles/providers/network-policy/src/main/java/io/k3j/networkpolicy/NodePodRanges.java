package io.k3j.networkpolicy;

import io.k3j.componenthelpers.Cidr;
import io.k3j.model.FieldMask;
import io.k3j.model.Obj;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The ranges of the pod network that other nodes have, by the API, which no node can write: what a node says of its
/// pods counts within them only. For one thread.
final class NodePodRanges {
    /// What is read of a Node.
    static final FieldMask FIELDS = FieldMask.IDENTITY.with("spec", "podCIDR").with("spec", "podCIDRs");
    private final Map<String, List<Cidr>> ranges = new HashMap<>();

    /// The ranges of a Node.
    static List<Cidr> of(Obj node) {
        List<String> texts = node.spec().seq("podCIDRs").texts();
        return Cidr.readable(texts.isEmpty() ? List.of(node.spec().text("podCIDR")) : texts).stream()
                .map(Cidr::network).toList();
    }

    /// A node has these from now on, none when it has gone.
    ///
    /// @return whether it had others
    boolean change(String node, List<Cidr> now) {
        List<Cidr> before = now.isEmpty() ? ranges.remove(node) : ranges.put(node, now);
        return !now.equals(before == null ? List.<Cidr>of() : before);
    }

    /// Whether an address is of a node's ranges.
    boolean has(String node, InetAddress address) {
        return ranges.getOrDefault(node, List.of()).stream().anyMatch(r -> r.contains(address));
    }
}
