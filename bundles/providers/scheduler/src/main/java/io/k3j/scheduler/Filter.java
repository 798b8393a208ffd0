package io.k3j.scheduler;

import io.k3j.schedulercache.NodeState;
import org.jspecify.annotations.Nullable;

/// One filter plug-in, prepared for one pod and one snapshot. Pure.
interface Filter {
    /// Upstream's name of the plug-in.
    String plugin();

    /// The rejection of a node, null when it is feasible.
    @Nullable
    Rejection reject(NodeState node);

    /// The same filter for a snapshot in which one node has other pods; itself when it looks at one node only.
    default Filter changed(NodeState before, NodeState after) {
        return this;
    }
}
