package io.k3j.kubeletoptions;

import io.k3j.kubeletserver.NodeLogAccess;
import io.k3j.kubeletserver.PortOptions;

/// What the kubelet's port serves, by `enable-debugging-handlers`, and by `enableSystemLogHandler` and
/// `enableSystemLogQuery` of files.
public final class ServedOptions {
    private ServedOptions() {
    }

    /// @throws IllegalArgumentException for what cannot be together, in upstream's words
    public static PortOptions of(KubeletOptions options) {
        return new PortOptions(IntervalOptions.access(options), logs(options),
                options.flag("enable-debugging-handlers", true));
    }

    private static NodeLogAccess logs(KubeletOptions options) {
        boolean files = options.flag("enable-system-log-handler", true);
        boolean queries = options.flag("enable-system-log-query", false);
        if (queries && !files) {
            throw new IllegalArgumentException(
                    "invalid configuration: enableSystemLogHandler is required for enableSystemLogQuery");
        }
        return queries ? NodeLogAccess.QUERIES : files ? NodeLogAccess.FILES : NodeLogAccess.NONE;
    }
}
