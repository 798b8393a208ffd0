package io.k3j.kubeletmemory;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A NUMA node and who has how much of its memory. A value.
///
/// @param assignments how many blocks lie on it
/// @param memory by type
/// @param cells numbers of the nodes that its blocks lie on; its own alone where none lies on several
record MemoryNode(int assignments, Map<String, MemoryTable> memory, List<Integer> cells) {
    MemoryNode {
        memory = new TreeMap<>(memory);
        cells = List.copyOf(cells);
    }

    MemoryTable table(String type) {
        return memory.getOrDefault(type, new MemoryTable(0, 0, 0, 0, 0));
    }

    /// With a block more, of which it gives as much as it has.
    MemoryNode with(MemoryBlock block, long bytes) {
        Map<String, MemoryTable> after = new TreeMap<>(memory);
        after.computeIfPresent(block.type(), (_, table) -> table.given(bytes));
        return new MemoryNode(assignments + 1, after, block.nodes());
    }

    Struct json() {
        Struct.Builder tables = Struct.builder();
        memory.forEach((type, table) -> tables.put(type, table.json()));
        return Struct.of("numberOfAssignments", (long) assignments, "memoryMap", tables.build(), "cells",
                Seq.copyOf(cells.stream().map(Integer::longValue).toList()));
    }

    /// As Go's `spew` prints it with `%#v`.
    String printed() {
        return "<*>{NumberOfAssignments:(int)" + assignments
                + " MemoryMap:(map[v1.ResourceName]*state.MemoryTable)map[" + memory.entrySet().stream()
                        .map(e -> e.getKey() + ":" + e.getValue().printed()).collect(Collectors.joining(" "))
                + "] Cells:([]int)" + numbers(cells) + "}";
    }

    static String numbers(List<Integer> all) {
        return all.stream().map(String::valueOf).collect(Collectors.joining(" ", "[", "]"));
    }

    static MemoryNode read(Struct node) {
        Map<String, MemoryTable> tables = new TreeMap<>();
        Struct memory = node.struct("memoryMap");
        memory.names().forEach(type -> tables.put(type, MemoryTable.read(memory.struct(type))));
        return new MemoryNode((int) node.whole("numberOfAssignments", 0), tables,
                node.seq("cells").stream().map(MemoryNode::number).toList());
    }

    static int number(Object value) {
        if (value instanceof Long number && number >= 0 && number < Long.SIZE) {
            return number.intValue();
        }
        throw new IllegalArgumentException(value + " is no NUMA node");
    }
}
