package io.k3j.scheduler;

import org.jspecify.annotations.Nullable;

/// One reason why nodes may not do, prepared for one pod and one snapshot. Pure.
@FunctionalInterface
interface Filter {
    /// Null when the node will do.
    @Nullable
    Rejection reject(NodeState node);
}
