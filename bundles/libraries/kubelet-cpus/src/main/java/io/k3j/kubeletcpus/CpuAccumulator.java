package io.k3j.kubeletcpus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/// Chooses CPUs that lie together, as upstream's `takeByTopologyNUMAPacked`: whole sockets and NUMA nodes, then whole
/// cores, then single ones; where fewest are free first, so that large free parts stay. One thread, one choice.
final class CpuAccumulator {
    private final CpuTopology topology;
    private CpuSet available;
    private CpuSet taken = CpuSet.EMPTY;
    private int needed;

    private CpuAccumulator(CpuTopology topology, CpuSet available, int needed) {
        this.topology = topology;
        this.available = available;
        this.needed = needed;
    }

    /// Chooses by options: of several NUMA nodes evenly, or of one cache where that can be.
    /// @throws IllegalStateException with upstream's words when there are not enough
    static CpuSet take(CpuTopology topology, CpuSet available, int count, CpuPolicyOptions options) {
        if (options.acrossNodes()) {
            Optional<Map<Integer, Integer>> shares = new CpuDistribution(topology, available, count,
                    options.fullCores() ? topology.perCore() : 1).shares();
            if (shares.isPresent()) {
                CpuSet taken = CpuSet.EMPTY;
                for (Map.Entry<Integer, Integer> share : shares.get().entrySet()) {
                    taken = taken.union(take(topology, topology.near(available, 1L << share.getKey()),
                            share.getValue()));
                }
                return taken;
            }
        }
        return packed(topology, available, count, options);
    }

    /// @param available of which to choose
    /// @param count how many
    /// @throws IllegalStateException with upstream's words when there are not enough
    static CpuSet take(CpuTopology topology, CpuSet available, int count) {
        return packed(topology, available, count, CpuPolicyOptions.NONE);
    }

    private static CpuSet packed(CpuTopology topology, CpuSet available, int count, CpuPolicyOptions options) {
        if (available.size() < count) {
            throw new IllegalStateException("not enough cpus available to satisfy request: requested=" + count
                    + ", available=" + available.size());
        }
        CpuAccumulator choice = new CpuAccumulator(topology, available, count);
        ToIntFunction<CpuTopology.Cpu> socket = CpuTopology.Cpu::socket;
        ToIntFunction<CpuTopology.Cpu> node = CpuTopology.Cpu::node;
        boolean nodesFirst = topology.sockets() >= topology.nodes();
        choice.whole(nodesFirst ? node : socket);
        choice.whole(nodesFirst ? socket : node);
        if (options.byCache()) {
            choice.whole(CpuTopology.Cpu::cache);
            choice.ofOneCache();
        }
        if (options.acrossCores()) {
            choice.spread();
        }
        choice.cores();
        return choice.taken;
    }

    /// Takes parts of the machine of which every CPU is free, as far as they are needed whole.
    private void whole(ToIntFunction<CpuTopology.Cpu> part) {
        for (CpuSet free : parts(part)) {
            if (free.size() <= needed && free.size() == size(part, free)) {
                take(free);
            }
        }
    }

    /// How many CPUs the part has of which some are free.
    private long size(ToIntFunction<CpuTopology.Cpu> part, CpuSet free) {
        int number = topology.cpus().stream().filter(c -> c.id() == free.ids().getFirst()).mapToInt(part).findFirst()
                .orElseThrow();
        return topology.cpus().stream().filter(c -> part.applyAsInt(c) == number).count();
    }

    private void cores() {
        whole(CpuTopology.Cpu::core);
        single();
    }

    /// Takes the rest from the fullest cache that has as many.
    private void ofOneCache() {
        for (CpuSet free : parts(CpuTopology.Cpu::cache)) {
            if (needed > 0 && free.size() >= needed) {
                CpuAccumulator of = new CpuAccumulator(topology, free, needed);
                of.cores();
                take(of.taken);
            }
        }
    }

    /// Takes CPUs in the order of their numbers, by which the threads of a core are mostly far apart, as upstream.
    private void spread() {
        for (CpuSet free : parts(CpuTopology.Cpu::socket)) {
            free.ids().stream().limit(needed).forEach(id -> take(new CpuSet(List.of(id))));
        }
    }

    private void single() {
        for (CpuSet free : parts(CpuTopology.Cpu::core)) {
            for (int id : free.ids()) {
                if (needed > 0) {
                    take(new CpuSet(List.of(id)));
                }
            }
        }
    }

    private void take(CpuSet some) {
        taken = taken.union(some);
        available = available.without(some);
        needed -= some.size();
    }

    /// The free CPUs by part: those first in whose socket fewest are free, then those of which fewest are, then by
    /// number.
    private List<CpuSet> parts(ToIntFunction<CpuTopology.Cpu> part) {
        Map<Integer, List<CpuTopology.Cpu>> byPart = new TreeMap<>();
        Map<Integer, Integer> bySocket = new TreeMap<>();
        for (CpuTopology.Cpu cpu : topology.cpus()) {
            if (available.ids().contains(cpu.id())) {
                byPart.computeIfAbsent(part.applyAsInt(cpu), p -> new ArrayList<>()).add(cpu);
                bySocket.merge(cpu.socket(), 1, Integer::sum);
            }
        }
        Comparator<List<CpuTopology.Cpu>> order = Comparator.<List<CpuTopology.Cpu>>comparingInt(
                p -> bySocket.getOrDefault(p.getFirst().socket(), 0))
                .thenComparingInt(List::size).thenComparingInt(p -> part.applyAsInt(p.getFirst()));
        return byPart.values().stream().sorted(order)
                .map(p -> CpuSet.of(p.stream().map(CpuTopology.Cpu::id).toList())).toList();
    }
}
