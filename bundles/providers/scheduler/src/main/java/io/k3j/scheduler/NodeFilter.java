package io.k3j.scheduler;

import io.k3j.schedulercache.NodeState;
import org.jspecify.annotations.Nullable;

/// A filter that looks at one node only.
record NodeFilter(String plugin, Test test) implements Filter {
    /// What is looked at.
    @FunctionalInterface
    interface Test {
        @Nullable
        Rejection reject(NodeState node);
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        return test.reject(node);
    }
}
