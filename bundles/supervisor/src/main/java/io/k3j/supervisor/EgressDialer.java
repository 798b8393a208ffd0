package io.k3j.supervisor;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.streaming.TunnelSession;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Reaches nodes as `--egress-selector-mode` says: kubelets through their node's tunnel (`agent`), everything through
/// it where there is one (`cluster`, `pod`; what an agent in mode `pod` does not run, it refuses itself), or nothing
/// (`disabled`).
final class EgressDialer implements NodeDialer {
    /// containerd's streaming server.
    private static final int STREAM_PORT = 10_010;
    private static final int KUBELET_PORT = 10_250;
    /// An agent whose tunnel has ended is back within a second or two.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final String mode;
    private final String self;
    private final Tunnels tunnels;
    private final NodeSecrets core;
    private final NodeDialer direct;

    /// `self` is this server's own node.
    EgressDialer(String mode, String self, Tunnels tunnels, NodeSecrets core, NodeDialer direct) {
        this.mode = mode;
        this.self = self;
        this.tunnels = tunnels;
        this.core = core;
        this.direct = direct;
    }

    @Override
    public ByteDuplex dial(String node, String host, int port) throws IOException {
        if (mode.equals("disabled") || node.isEmpty() || node.equals(self)) {
            return direct.dial(node, host, port);
        }
        if (port == core.kubeletPort(node, KUBELET_PORT) || port == STREAM_PORT) {
            return kubelet(node, host, port);
        }
        if (mode.equals("agent")) {
            return direct.dial(node, host, port);
        }
        Optional<TunnelSession> tunnel = tunnels.of(node, Duration.ZERO);
        return tunnel.isPresent() ? Tunnels.dial(tunnel.get(), address(host, port)) : direct.dial(node, host, port);
    }

    /// The agent connects to its own kubelet on loopback. Servers' kubelets are reached directly when they have no
    /// tunnel: servers reach each other anyway.
    private ByteDuplex kubelet(String node, String host, int port) throws IOException {
        boolean server = core.isServer(node);
        Optional<TunnelSession> tunnel = tunnels.of(node, server ? Duration.ZERO : PATIENCE);
        if (tunnel.isPresent()) {
            return Tunnels.dial(tunnel.get(), address("127.0.0.1", port));
        }
        if (server) {
            return direct.dial(node, host, port);
        }
        throw new IOException("no tunnel to node " + node + ": its agent is not connected to this server");
    }

    private static String address(String host, int port) {
        return host.indexOf(':') < 0 || host.startsWith("[") ? host + ":" + port : "[" + host + "]:" + port;
    }
}
