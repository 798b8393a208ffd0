package io.k3j.podallocation;

import io.k3j.kubeletcpus.CpuTopology;
import io.k3j.kubeletoptions.KubeletOptions;
import io.k3j.kubelettopology.HintProvider;
import io.k3j.kubelettopology.TopologyHint;
import io.k3j.kubelettopology.TopologyPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

/// From which NUMA nodes containers are given what they have for themselves, by `--kubelet-arg
/// topology-manager-policy` and `topology-manager-scope`. Any thread. See
/// <https://kubernetes.io/docs/tasks/administer-cluster/topology-manager/>.
///
/// One pod at a time is given something between [#begin] and [#end], as by upstream: what is free of a node must not
/// change after that node was chosen.
///
/// @param policy what is done where not everything can be had from the same nodes
/// @param ofPods whether all containers of a pod are given from the same nodes
/// @param machine all NUMA nodes, as bits
/// @param turn whoever is given something
public record NodeTopology(TopologyPolicy policy, boolean ofPods, long machine, ReentrantLock turn) {
    /// No node is better than another.
    static final TopologyHint ANYWHERE = new TopologyHint(0, false);
    private static final String POLICY = "topology-manager-policy";
    private static final String SCOPE = "topology-manager-scope";
    /// Of nodes that a bit stands for.
    private static final int HIGHEST_NODE = Long.SIZE - 1;

    /// Nobody looks at NUMA nodes.
    public static NodeTopology none() {
        return new NodeTopology(TopologyPolicy.NONE, false, 0, new ReentrantLock());
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
        return policy == TopologyPolicy.NONE ? none()
                : new NodeTopology(policy, scope.equals("pod"), nodes(policy, CpuTopology.read(sys)),
                        new ReentrantLock());
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

    private static long nodes(TopologyPolicy policy, CpuTopology topology) {
        boolean beyond = topology.cpus().stream().anyMatch(c -> c.node() > HIGHEST_NODE);
        if (beyond || Long.bitCount(topology.numaNodes()) > TopologyPolicy.MOST_NODES) {
            throw new IllegalArgumentException("--kubelet-arg " + POLICY + ": unsupported on machines with more than "
                    + TopologyPolicy.MOST_NODES + " NUMA Nodes; leave it out, or write none in place of " + policy);
        }
        return topology.numaNodes();
    }

    /// Where to take from what a container asks for: bits of NUMA nodes, 0 where it does not matter; empty when it may
    /// not begin.
    Optional<TopologyHint> nodes(List<? extends HintProvider> supplies) {
        TopologyHint hint = policy.merge(supplies, machine);
        if (!policy.admits(hint)) {
            return Optional.empty();
        }
        return Optional.of(hint.nodes() == machine ? ANYWHERE : hint);
    }
}
