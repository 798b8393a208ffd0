package io.k3j.kubeletcpus;

import io.k3j.kubelettopology.HintProvider;
import io.k3j.kubelettopology.NumaSupply;
import io.k3j.kubelettopology.TopologyHint;
import java.util.List;

/// CPUs of which those of one socket are as good as those of one NUMA node, by `align-by-socket`. A value.
///
/// @param cpus those that a container asks for
/// @param topology of the machine, which has at least as many NUMA nodes as sockets
record SocketSupply(NumaSupply cpus, CpuTopology topology) implements HintProvider {
    @Override
    public List<TopologyHint> hints(long machine) {
        int least = cpus.least(machine);
        return cpus.hints(machine).stream()
                .map(hint -> new TopologyHint(hint.nodes(), hint.preferred() || aligned(hint.nodes(), least)))
                .toList();
    }

    /// Whether nodes are of as few sockets as the least number of nodes can be of.
    private boolean aligned(long nodes, int least) {
        long ofSocket = Math.max(1, topology.nodes() / Math.max(1, topology.sockets()));
        return topology.sockets(nodes).size() == (least + ofSocket - 1) / ofSocket;
    }
}
