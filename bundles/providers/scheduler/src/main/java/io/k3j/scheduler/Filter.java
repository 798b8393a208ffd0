package io.k3j.scheduler;

import org.jspecify.annotations.Nullable;

/// One filter plug-in, prepared for one pod and one snapshot. Pure.
@FunctionalInterface
interface Filter {
    /// The rejection of a node, null when it is feasible.
    @Nullable
    Rejection reject(NodeState node);
}
