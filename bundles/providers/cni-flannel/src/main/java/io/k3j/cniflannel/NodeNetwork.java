package io.k3j.cniflannel;

import io.k3j.componenthelpers.Cidr;
import io.k3j.nodeapi.PodNetwork;
import java.util.List;

/// This node's part of the pod network, as others ask for it. Immutable.
record NodeNetwork(List<String> ranges, List<String> gateways) implements PodNetwork {
    /// The node has the first address after that of each range.
    ///
    /// @param ranges IPv4 first
    static NodeNetwork of(List<Cidr> ranges) {
        return new NodeNetwork(ranges.stream().map(Cidr::toString).toList(),
                ranges.stream().map(range -> range.address(1)).toList());
    }
}
