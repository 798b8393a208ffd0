package io.k3j.kubeletmemory;

import io.k3j.kubelettopology.TopologyHint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/// The NUMA nodes of a machine and what is free of them. Blocks are added one after the other; a block on several nodes
/// takes what it needs from the lowest first. One thread.
///
/// A node has blocks of its own alone or such that lie on the same several nodes, as upstream: how much a block on
/// several nodes takes of each the kernel does not say.
final class MemoryMachine {
    private final Map<Integer, MemoryNode> nodes = new TreeMap<>();

    /// One of which nothing is given.
    MemoryMachine(MemoryTopology topology, ReservedMemory reserved) {
        topology.total().forEach((number, amounts) -> {
            Map<String, MemoryTable> tables = new TreeMap<>();
            long pages = amounts.entrySet().stream().filter(e -> e.getKey().startsWith(MemoryTopology.HUGE_PAGES))
                    .mapToLong(Map.Entry::getValue).sum();
            amounts.forEach((type, total) -> {
                long kept = reserved.amount(number, type);
                long left = Math.max(0, total - kept - (type.equals(MemoryTopology.MEMORY) ? pages : 0));
                tables.put(type, new MemoryTable(total, kept, left, 0, left));
            });
            nodes.put(number, new MemoryNode(0, tables, List.of(number)));
        });
    }

    Map<Integer, MemoryNode> nodes() {
        return nodes;
    }

    /// Whether the machine has what a block lies on.
    boolean has(MemoryBlock block) {
        return !block.nodes().isEmpty() && block.nodes().stream()
                .allMatch(n -> nodes.containsKey(n) && node(n).memory().containsKey(block.type()));
    }

    private MemoryNode node(int number) {
        return nodes.getOrDefault(number, new MemoryNode(0, Map.of(), List.of()));
    }

    /// Gives what a block says, as far as it is there.
    void add(MemoryBlock block) {
        long rest = block.size();
        for (int number : block.nodes()) {
            MemoryNode node = node(number);
            long taken = Math.min(rest, Math.max(0, node.table(block.type()).free()));
            nodes.put(number, node.with(block, taken));
            rest -= taken;
        }
    }

    /// From which nodes all that is wanted can be had together, in every combination.
    /// @param wanted bytes by type
    List<TopologyHint> hints(Map<String, Long> wanted, ReusableMemory reusable) {
        long machine = MemoryBlock.mask(List.copyOf(nodes.keySet()));
        int least = nodes.size();
        List<Long> possible = new ArrayList<>();
        // every set of the machine's nodes but the empty one
        for (long mask = machine; mask != 0; mask = mask - 1 & machine) {
            long some = mask;
            if (wanted.entrySet().stream()
                    .allMatch(e -> sum(some, e.getKey(), MemoryTable::allocatable) >= e.getValue())) {
                least = Math.min(least, Long.bitCount(some));
                if (joins(some) && satisfies(some, wanted, reusable)) {
                    possible.add(some);
                }
            }
        }
        int fewest = least;
        return possible.stream().map(mask -> new TopologyHint(mask, Long.bitCount(mask) == fewest)).toList();
    }

    /// Whether what is free of nodes is as much as is wanted.
    boolean satisfies(long mask, Map<String, Long> wanted, ReusableMemory reusable) {
        return wanted.entrySet().stream().allMatch(e -> sum(mask, e.getKey(), MemoryTable::free)
                + reusable.of(mask, e.getKey()) >= e.getValue());
    }

    private long sum(long mask, String type, ToLongFunction<MemoryTable> amount) {
        return MemoryBlock.numbers(mask).stream().mapToLong(n -> amount.applyAsLong(node(n).table(type))).sum();
    }

    /// Whether a block on these nodes can lie beside those that are there.
    private boolean joins(long mask) {
        return Long.bitCount(mask) == 1 ? node(Long.numberOfTrailingZeros(mask)).cells().size() <= 1 : !violates(mask);
    }

    /// Whether a block on several nodes would lie beside such as lie on others.
    boolean violates(long mask) {
        return Long.bitCount(mask) > 1 && MemoryBlock.numbers(mask).stream().map(this::node)
                .anyMatch(node -> node.assignments() > 0 && MemoryBlock.mask(node.cells()) != mask);
    }
}
