package io.k3j.kubelettopology;

import java.util.List;

/// One resource that lies near NUMA nodes and that a container asks for, as upstream's `HintProvider`.
@FunctionalInterface
public interface HintProvider {
    /// From which nodes it can be had, in every combination; none where it cannot be had.
    /// @param machine bits of all nodes
    List<TopologyHint> hints(long machine);
}
