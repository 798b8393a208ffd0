package io.k3j.kubelettopology;

/// NUMA nodes from which something can be taken.
///
/// @param nodes bits of NUMA nodes
/// @param preferred whether no fewer nodes could have it
public record TopologyHint(long nodes, boolean preferred) {
    /// How many nodes.
    int count() {
        return Long.bitCount(nodes);
    }

    /// Fewer nodes, or as many with lower numbers, as upstream's `IsNarrowerThan`.
    public boolean narrower(TopologyHint other) {
        return count() == other.count() ? nodes < other.nodes : count() < other.count();
    }
}
