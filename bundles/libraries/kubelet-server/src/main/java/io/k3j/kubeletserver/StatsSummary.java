package io.k3j.kubeletserver;

import io.k3j.model.Struct;

/// The summary of a node for the kubelet itself, as `/stats/summary` answers it. One thread at a time: rates are
/// counted from one call to the next.
public final class StatsSummary {
    private final Stats stats;

    /// Asks nobody anything yet.
    /// @param host whose node it is
    public StatsSummary(KubeletHost host) {
        stats = new Stats(host);
    }

    /// What is now; blocks for the runtime and the disk.
    /// @return `stats/v1alpha1`'s Summary
    /// @throws io.k3j.nodeapi.RuntimeFault when the runtime does not answer
    public Struct get() throws InterruptedException {
        return stats.summary();
    }
}
