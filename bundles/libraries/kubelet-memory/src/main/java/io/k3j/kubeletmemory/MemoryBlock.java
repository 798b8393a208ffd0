package io.k3j.kubeletmemory;

import java.util.ArrayList;
import java.util.List;

/// Memory of one type that a container has of some NUMA nodes together. Never changes.
///
/// @param nodes numbers of the NUMA nodes, in order
/// @param type `memory`, or the resource of huge pages as `hugepages-2Mi`
/// @param size bytes; less than the container asks for where another container has it after it
public record MemoryBlock(List<Integer> nodes, String type, long size) {
    /// Copies the nodes.
    public MemoryBlock {
        nodes = List.copyOf(nodes);
    }

    /// @param mask bits of NUMA nodes
    static MemoryBlock of(long mask, String type, long size) {
        return new MemoryBlock(numbers(mask), type, size);
    }

    /// The NUMA nodes as bits.
    long mask() {
        return mask(nodes);
    }

    MemoryBlock withSize(long other) {
        return new MemoryBlock(nodes, type, other);
    }

    static long mask(List<Integer> nodes) {
        return nodes.stream().mapToLong(node -> 1L << node).reduce(0, (one, other) -> one | other);
    }

    static List<Integer> numbers(long mask) {
        List<Integer> all = new ArrayList<>();
        for (long rest = mask; rest != 0; rest &= rest - 1) {
            all.add(Long.numberOfTrailingZeros(rest));
        }
        return all;
    }
}
