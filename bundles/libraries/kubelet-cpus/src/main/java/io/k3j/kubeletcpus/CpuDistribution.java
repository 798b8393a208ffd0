package io.k3j.kubeletcpus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Chooses as many CPUs of each NUMA node as of the others where one node has not enough, as upstream's
/// `takeByTopologyNUMADistributed`: of as few nodes as possible, and of those that leave nodes as evenly used as can
/// be. Pure.
///
/// @param topology of the machine
/// @param available of which to choose
/// @param count how many, a multiple of `group`
/// @param group how many come from a node at once: a core's threads where cores are whole
record CpuDistribution(CpuTopology topology, CpuSet available, int count, int group) {
    /// How many CPUs each node gives, and how uneven nodes are left then.
    private record Plan(Map<Integer, Integer> shares, double unevenness) {
    }

    /// How many CPUs to take of which NUMA node; empty where it cannot be even.
    Optional<Map<Integer, Integer>> shares() {
        if (count <= 0 || count % group != 0) {
            return Optional.empty();
        }
        Map<Integer, Integer> free = new TreeMap<>();
        for (CpuTopology.Cpu cpu : topology.cpus()) {
            if (available.ids().contains(cpu.id())) {
                free.merge(cpu.node(), 1, Integer::sum);
            }
        }
        List<Integer> nodes = List.copyOf(free.keySet());
        for (int few = 1; few <= nodes.size(); few++) {
            Optional<Plan> best = sets(nodes, few).stream().flatMap(set -> plan(set, free).stream())
                    .min(Comparator.comparingDouble(Plan::unevenness));
            if (best.isPresent()) {
                return best.map(Plan::shares);
            }
        }
        return Optional.empty();
    }

    /// All sets of so many nodes, in their order.
    private static List<List<Integer>> sets(List<Integer> nodes, int size) {
        if (size == 0) {
            return List.of(List.of());
        }
        List<List<Integer>> all = new ArrayList<>();
        for (int i = 0; i + size <= nodes.size(); i++) {
            for (List<Integer> rest : sets(nodes.subList(i + 1, nodes.size()), size - 1)) {
                List<Integer> set = new ArrayList<>(List.of(nodes.get(i)));
                set.addAll(rest);
                all.add(set);
            }
        }
        return all;
    }

    /// Each node gives the same, and what is left over is given by those that have most then.
    private Optional<Plan> plan(List<Integer> set, Map<Integer, Integer> free) {
        int even = count / set.size() / group * group;
        Map<Integer, Integer> left = new TreeMap<>(free);
        Map<Integer, Integer> shares = new TreeMap<>();
        set.forEach(node -> {
            left.merge(node, -even, Integer::sum);
            shares.put(node, even);
        });
        if (set.stream().anyMatch(node -> amount(left, node) < 0)) {
            return Optional.empty();
        }
        for (int rest = count - even * set.size(); rest > 0; rest -= group) {
            Optional<Integer> most = set.stream().max(Comparator.comparingInt((Integer node) -> amount(left, node))
                    .thenComparing(Comparator.reverseOrder()));
            if (most.isEmpty() || amount(left, most.get()) < group) {
                return Optional.empty();
            }
            left.merge(most.get(), -group, Integer::sum);
            shares.merge(most.get(), group, Integer::sum);
        }
        return Optional.of(new Plan(shares, unevenness(left)));
    }

    private static int amount(Map<Integer, Integer> amounts, int node) {
        return amounts.getOrDefault(node, 0);
    }

    /// The variance.
    private static double unevenness(Map<Integer, Integer> left) {
        double mean = left.values().stream().mapToInt(Integer::intValue).average().orElse(0);
        return left.values().stream().mapToDouble(amount -> (amount - mean) * (amount - mean)).sum();
    }
}
