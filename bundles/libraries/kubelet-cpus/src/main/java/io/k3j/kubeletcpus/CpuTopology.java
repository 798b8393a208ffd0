package io.k3j.kubeletcpus;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How a machine's CPUs lie: threads in cores, cores in sockets and NUMA nodes. A value.
///
/// @param cpus those that are on
public record CpuTopology(List<Cpu> cpus) {
    /// One CPU, a thread of a core.
    ///
    /// @param id the kernel's
    /// @param core the smallest id of the threads of its core
    /// @param socket the kernel's `physical_package_id`
    /// @param node its NUMA node
    /// @param cache the smallest id of the CPUs that share its last-level cache
    public record Cpu(int id, int core, int socket, int node, int cache) {
        /// One whose cache nobody knows: all CPUs share one.
        public Cpu(int id, int core, int socket, int node) {
            this(id, core, socket, node, 0);
        }
    }

    /// Reads what the kernel says. Blocks for its files.
    /// @param sys where `/sys` is
    /// @throws IOException when it says nothing
    public static CpuTopology read(Path sys) throws IOException {
        Path system = sys.resolve("devices/system");
        Map<Integer, Integer> nodes = nodes(system.resolve("node"));
        Map<List<Integer>, Integer> cores = new HashMap<>();
        List<Cpu> all = new ArrayList<>();
        for (int id : CpuSet.parse(Files.readString(system.resolve("cpu/online"))).ids()) {
            Path topology = system.resolve("cpu/cpu" + id + "/topology");
            int socket = Math.max(0, number(topology.resolve("physical_package_id"), 0));
            int core = cores.computeIfAbsent(List.of(socket, number(topology.resolve("core_id"), id)), c -> id);
            all.add(new Cpu(id, core, socket, nodes.getOrDefault(id, 0), cache(system.resolve("cpu/cpu" + id))));
        }
        return new CpuTopology(List.copyOf(all));
    }

    /// The cache of the third level, which is the last one of machines that have several of it.
    private static int cache(Path cpu) throws IOException {
        Path shared = cpu.resolve("cache/index3/shared_cpu_list");
        List<Integer> all = Files.exists(shared) ? CpuSet.parse(Files.readString(shared)).ids() : List.of();
        return all.isEmpty() ? 0 : all.getFirst();
    }

    /// The NUMA node of each CPU; empty on a machine that knows none.
    private static Map<Integer, Integer> nodes(Path directory) throws IOException {
        Map<Integer, Integer> byCpu = new TreeMap<>();
        if (!Files.isDirectory(directory)) {
            return byCpu;
        }
        try (DirectoryStream<Path> nodes = Files.newDirectoryStream(directory, "node[0-9]*")) {
            for (Path node : nodes) {
                int number = Integer.parseInt(String.valueOf(node.getFileName()).substring("node".length()));
                CpuSet.parse(Files.readString(node.resolve("cpulist"))).ids().forEach(id -> byCpu.put(id, number));
            }
        } catch (NumberFormatException e) {
            throw new IOException("a NUMA node without a number in " + directory, e);
        }
        return byCpu;
    }

    private static int number(Path file, int otherwise) throws IOException {
        try {
            return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : otherwise;
        } catch (NumberFormatException e) {
            throw new IOException("no number in " + file, e);
        }
    }

    /// All of them.
    CpuSet all() {
        return CpuSet.of(cpus.stream().map(Cpu::id).toList());
    }

    /// How many threads a core has; of cores that have more or fewer of them the mean, as upstream.
    int perCore() {
        return (int) (cpus.size() / Math.max(1, cpus.stream().mapToInt(Cpu::core).distinct().count()));
    }

    /// Some CPUs and all others of their cores.
    CpuSet wholeCores(CpuSet some) {
        List<Integer> cores = cpus.stream().filter(c -> some.ids().contains(c.id())).map(Cpu::core).toList();
        return CpuSet.of(cpus.stream().filter(c -> cores.contains(c.core())).map(Cpu::id).toList());
    }

    /// The NUMA nodes of CPUs, each as a bit.
    List<Long> nodes(CpuSet some) {
        return cpus.stream().filter(c -> some.ids().contains(c.id())).map(c -> 1L << c.node()).toList();
    }

    /// Those of some CPUs that are near NUMA nodes.
    /// @param nodes bits; 0 for all of them
    CpuSet near(CpuSet some, long nodes) {
        return nodes == 0 ? some : CpuSet.of(cpus.stream()
                .filter(c -> some.ids().contains(c.id()) && (1L << c.node() & nodes) != 0).map(Cpu::id).toList());
    }

    /// All NUMA nodes that have CPUs, as bits.
    public long numaNodes() {
        return cpus.stream().mapToLong(c -> 1L << c.node()).reduce(0, (one, other) -> one | other);
    }

    long sockets() {
        return cpus.stream().mapToInt(Cpu::socket).distinct().count();
    }

    /// The sockets that NUMA nodes are of.
    /// @param some bits of NUMA nodes
    Set<Integer> sockets(long some) {
        return cpus.stream().filter(c -> (1L << c.node() & some) != 0).map(Cpu::socket).collect(Collectors.toSet());
    }

    /// All NUMA nodes of the sockets that some are of, as bits; 0 for 0.
    long wholeSockets(long some) {
        Set<Integer> sockets = sockets(some);
        return cpus.stream().filter(c -> sockets.contains(c.socket())).mapToLong(c -> 1L << c.node())
                .reduce(0, (one, other) -> one | other);
    }

    long nodes() {
        return cpus.stream().mapToInt(Cpu::node).distinct().count();
    }
}
