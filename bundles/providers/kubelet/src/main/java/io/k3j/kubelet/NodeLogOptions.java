package io.k3j.kubelet;

import io.k3j.kubeletserver.NodeLogAccess;

/// What of the node's own logs is shown, by `enableSystemLogHandler` and `enableSystemLogQuery` of files.
final class NodeLogOptions {
    private NodeLogOptions() {
    }

    /// @throws IllegalArgumentException for queries where nothing is shown, in upstream's words
    static NodeLogAccess access(KubeletOptions options) {
        boolean files = options.flag("enable-system-log-handler", true);
        boolean queries = options.flag("enable-system-log-query", false);
        if (queries && !files) {
            throw new IllegalArgumentException(
                    "invalid configuration: enableSystemLogHandler is required for enableSystemLogQuery");
        }
        return queries ? NodeLogAccess.QUERIES : files ? NodeLogAccess.FILES : NodeLogAccess.NONE;
    }
}
