package io.k3j.kubelettopology;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How far NUMA nodes are from each other, by the firmware's table. A value.
///
/// @param rows by node: how far each node is, in the order of their numbers; none where that does not matter
public record NumaDistances(Map<Integer, List<Integer>> rows) {
    /// All are as far from each other.
    public static final NumaDistances EQUAL = new NumaDistances(Map.of());

    /// Sorts the rows.
    public NumaDistances {
        rows = Collections.unmodifiableMap(new TreeMap<>(rows));
    }

    /// Reads the kernel's lines `10 21 11 21`.
    /// @param lines by node
    /// @throws IllegalArgumentException when one is no list of as many numbers as there are nodes
    public static NumaDistances parse(Map<Integer, String> lines) {
        Map<Integer, List<Integer>> rows = new TreeMap<>();
        lines.forEach((node, line) -> {
            List<Integer> row = new ArrayList<>();
            for (String number : line.strip().split(" ")) {
                if (!number.isEmpty()) {
                    row.add(Integer.valueOf(number));
                }
            }
            if (row.size() != lines.size()) {
                throw new IllegalArgumentException("NUMA node " + node + " says how far " + row.size()
                        + " nodes are; there are " + lines.size());
            }
            rows.put(node, row);
        });
        return new NumaDistances(rows);
    }

    /// Whether nodes are a better choice than others: fewer; of as many the closer ones; else those with lower numbers.
    boolean closer(TopologyHint hint, TopologyHint than) {
        if (hint.count() != than.count() || rows.isEmpty()) {
            return hint.narrower(than);
        }
        int order = Double.compare(mean(hint.nodes()), mean(than.nodes()));
        return order == 0 ? hint.narrower(than) : order < 0;
    }

    /// Of each node of some to each of them, itself among them, as upstream.
    private double mean(long nodes) {
        List<Integer> numbers = List.copyOf(rows.keySet());
        long sum = 0;
        for (int from = 0; from < numbers.size(); from++) {
            List<Integer> row = rows.getOrDefault(numbers.get(from), List.of());
            for (int to = 0; to < numbers.size(); to++) {
                sum += in(nodes, numbers.get(from)) && in(nodes, numbers.get(to)) ? row.get(to) : 0;
            }
        }
        return (double) sum / Math.max(1, (long) Long.bitCount(nodes) * Long.bitCount(nodes));
    }

    private static boolean in(long nodes, int node) {
        return (nodes & 1L << node) != 0;
    }
}
