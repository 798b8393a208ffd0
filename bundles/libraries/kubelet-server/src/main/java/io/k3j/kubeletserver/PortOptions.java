package io.k3j.kubeletserver;

/// What is served on the kubelet's port, and for how long it is remembered who may ask.
///
/// @param lives how long answers of the API server about who may ask count
/// @param logs what is shown of the node's own logs
/// @param debugging whether containers are reached into (`enableDebuggingHandlers`): their logs, commands in them,
/// their ports; without it the node's logs are not shown either
public record PortOptions(AccessLifetimes lives, NodeLogAccess logs, boolean debugging) {
    /// Upstream's defaults.
    public static final PortOptions UPSTREAM = new PortOptions(AccessLifetimes.UPSTREAM, NodeLogAccess.FILES, true);
}
