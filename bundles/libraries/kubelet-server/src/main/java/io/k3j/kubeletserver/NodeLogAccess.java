package io.k3j.kubeletserver;

/// What of the node's own logs `/logs/` shows to who may see them, by `enableSystemLogHandler` and
/// `enableSystemLogQuery` of a kubelet's file.
public enum NodeLogAccess {
    /// Nothing.
    NONE,
    /// Files, by their names.
    FILES,
    /// The same, and what services have logged, by `query`.
    QUERIES
}
