package io.k3j.podallocation;

import io.k3j.kubeletcpus.CpuTopology;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubelettopology.HintProvider;
import io.k3j.kubelettopology.NumaDistances;
import io.k3j.kubelettopology.TopologyHint;
import io.k3j.kubelettopology.TopologyPolicy;
import io.k3j.kubelettopology.TopologyPolicyOptions;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

/// From which NUMA nodes containers are given what they have for themselves, by `--kubelet-arg
/// topology-manager-policy`, `topology-manager-scope` and `topology-manager-policy-options`. Any thread. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/>.
///
/// One pod at a time is given something between [#begin] and [#end], as by upstream: what is free of a node must not
/// change after that node was chosen.
///
/// @param policy what is done where not everything can be had from the same nodes
/// @param ofPods whether all containers of a pod are given from the same nodes
/// @param machine all NUMA nodes, as bits
/// @param distances which of as many nodes are better
/// @param turn whoever is given something
public record NodeTopology(TopologyPolicy policy, boolean ofPods, long machine, NumaDistances distances,
        ReentrantLock turn) {
    /// Nobody has chosen nodes.
    static final TopologyHint ANYWHERE = new TopologyHint(0, false);
    static final String POLICY = "topology-manager-policy";
    private static final String OPTIONS = "topology-manager-policy-options";
    private static final String SCOPE = "topology-manager-scope";
    /// Of nodes that a bit stands for.
    private static final int HIGHEST_NODE = Long.SIZE - 1;

    /// Nobody looks at NUMA nodes.
    public static NodeTopology none() {
        return new NodeTopology(TopologyPolicy.NONE, false, 0, NumaDistances.EQUAL, new ReentrantLock());
    }

    /// By the options. Reads the machine's NUMA nodes where they matter.
    /// @param sys where `/sys` is
    /// @throws IllegalArgumentException for what cannot be, with upstream's words and what to type
    public static NodeTopology of(KubeletOptions options, Path sys) throws IOException {
        String word = options.arguments().getOrDefault(POLICY, "none");
        TopologyPolicy policy;
        try {
            policy = TopologyPolicy.of(word);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--kubelet-arg " + POLICY + "=" + word + ": " + e.getMessage(), e);
        }
        String scope = options.arguments().getOrDefault(SCOPE, "container");
        if (!scope.equals("container") && !scope.equals("pod")) {
            throw new IllegalArgumentException("--kubelet-arg " + SCOPE + "=" + scope + ": unknown scope: \"" + scope
                    + "\"; write container or pod");
        }
        TopologyPolicyOptions how = TopologyPolicyOptions.parse(options.arguments().getOrDefault(OPTIONS, ""));
        if (policy == TopologyPolicy.NONE) {
            return none();
        }
        return new NodeTopology(policy, scope.equals("pod"), nodes(policy, CpuTopology.read(sys), how.mostNodes()),
                how.preferClosest() ? distances(sys) : NumaDistances.EQUAL, new ReentrantLock());
    }

    private static NumaDistances distances(Path sys) throws IOException {
        Path directory = sys.resolve("devices/system/node");
        Map<Integer, String> lines = new TreeMap<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> nodes = Files.newDirectoryStream(directory, "node[0-9]*")) {
                for (Path node : nodes) {
                    String number = String.valueOf(node.getFileName()).substring("node".length());
                    lines.put(Integer.valueOf(number), Files.readString(node.resolve("distance")));
                }
            } catch (NumberFormatException e) {
                throw new IOException("a NUMA node without a number in " + directory, e);
            }
        }
        return NumaDistances.parse(lines);
    }

    /// Waits until no other pod is given anything.
    /// @throws CancellationException when interrupted; the flag stays set
    public void begin() {
        try {
            turn.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /// Lets the next pod have its turn.
    public void end() {
        turn.unlock();
    }

    private static long nodes(TopologyPolicy policy, CpuTopology topology, int most) {
        boolean beyond = topology.cpus().stream().anyMatch(c -> c.node() > HIGHEST_NODE);
        if (beyond || Long.bitCount(topology.numaNodes()) > most) {
            throw new IllegalArgumentException("--kubelet-arg " + POLICY + ": unsupported on machines with more than "
                    + most + " NUMA Nodes; leave it out, write none in place of " + policy + ", or add --kubelet-arg="
                    + OPTIONS + "=max-allowable-numa-nodes=" + Long.bitCount(topology.numaNodes()));
        }
        return topology.numaNodes();
    }

    /// Where to take from what a container asks for, all nodes among it; [#ANYWHERE] where it does not matter; empty
    /// when it may not begin.
    Optional<TopologyHint> nodes(List<? extends HintProvider> supplies) {
        if (policy == TopologyPolicy.NONE || supplies.isEmpty()) {
            return Optional.of(ANYWHERE);
        }
        TopologyHint hint = policy.merge(supplies, machine, distances);
        if (!policy.admits(hint)) {
            return Optional.empty();
        }
        // all nodes that nobody prefers are no choice: memory would be kept from those that have some of one node
        return Optional.of(better(hint) == 0 && !hint.preferred() ? ANYWHERE : hint);
    }

    /// The nodes that are better than others, as bits; 0 where none is.
    long better(TopologyHint hint) {
        return hint.nodes() == machine ? 0 : hint.nodes();
    }
}
