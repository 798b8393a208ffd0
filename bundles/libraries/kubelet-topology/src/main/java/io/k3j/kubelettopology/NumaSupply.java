package io.k3j.kubelettopology;

import java.util.ArrayList;
import java.util.List;

/// A resource as far as it lies near NUMA nodes.
///
/// @param request how many units a container asks for, more than 0
/// @param all the nodes that each unit of the machine is near to, as bits
/// @param free the same of those that can be had
public record NumaSupply(int request, List<Long> all, List<Long> free) implements HintProvider {
    @Override
    public List<TopologyHint> hints(long machine) {
        int fewest = least(machine);
        List<Long> possible = new ArrayList<>();
        // every set of the machine's nodes but the empty one
        for (long nodes = machine; nodes != 0; nodes = nodes - 1 & machine) {
            if (near(free, nodes) >= request) {
                possible.add(nodes);
            }
        }
        return possible.stream().map(nodes -> new TopologyHint(nodes, Long.bitCount(nodes) == fewest)).toList();
    }

    /// How many nodes it is of at least on an empty machine; more than there are where it is not to be had.
    /// @param machine bits of all nodes
    public int least(long machine) {
        int least = Long.SIZE;
        for (long nodes = machine; nodes != 0; nodes = nodes - 1 & machine) {
            if (near(all, nodes) >= request) {
                least = Math.min(least, Long.bitCount(nodes));
            }
        }
        return least;
    }

    private static long near(List<Long> units, long nodes) {
        return units.stream().filter(unit -> (unit & nodes) != 0).count();
    }
}
