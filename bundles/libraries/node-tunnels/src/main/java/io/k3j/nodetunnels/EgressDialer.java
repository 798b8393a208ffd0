package io.k3j.nodetunnels;

import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.NodeDialer;
import io.k3j.streaming.TunnelSession;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// Reaches nodes as `--egress-selector-mode` says: kubelets through their node's tunnel (`agent`), everything through
/// it where there is one (`cluster`, `pod`; what an agent in mode `pod` does not run, it refuses itself), or nothing
/// (`disabled`). Any thread.
///
/// An agent opens no port to servers but its tunnel, so behind a firewall that is the only way to its kubelet; see K3s'
/// Basic Network Options, Control-Plane Egress Selector Configuration. A server's own node and a connection for no node
/// are always dialled directly.
public final class EgressDialer implements NodeDialer {
    /// containerd's streaming server. Agents let servers reach it by the tunnel, as stock K3s does.
    private static final int STREAM_PORT = 10_010;
    /// Where nothing else is known of a node.
    private static final int KUBELET_PORT = 10_250;
    /// An agent whose tunnel has ended is back within a second or two.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final String mode;
    /// This server's own node is on this machine and needs no tunnel.
    private final String self;
    private final NodeTunnels tunnels;
    private final Nodes nodes;
    private final NodeDialer direct;

    /// What the cluster knows of its Nodes. Both may block for a request; a cluster that cannot be asked knows nothing.
    /// Each is asked once per connection at most.
    public interface Nodes {
        /// Where the node's kubelet listens, `otherwise` when that is not known.
        /// @return `status.daemonEndpoints.kubeletEndpoint.Port` of the Node
        int kubeletPort(String node, int otherwise);

        /// Whether it is a server's node.
        boolean isServer(String node);
    }

    /// `mode` is one of those above, `self` this server's own node. Dials nobody yet.
    public EgressDialer(String mode, String self, NodeTunnels tunnels, Nodes nodes) {
        this(mode, self, tunnels, nodes, new DirectDialer());
    }

    /// `direct` is the way without a tunnel.
    EgressDialer(String mode, String self, NodeTunnels tunnels, Nodes nodes, NodeDialer direct) {
        this.mode = mode;
        this.self = self;
        this.tunnels = tunnels;
        this.nodes = nodes;
        this.direct = direct;
    }

    /// @throws IOException naming the node when it cannot be reached; nothing stays open then
    @Override
    public ByteDuplex dial(String node, String host, int port) throws IOException {
        if (mode.equals("disabled") || node.isEmpty() || node.equals(self)) {
            return direct.dial(node, host, port);
        }
        if (port == nodes.kubeletPort(node, KUBELET_PORT) || port == STREAM_PORT) {
            return kubelet(node, host, port);
        }
        if (mode.equals("agent")) {
            return direct.dial(node, host, port);
        }
        Optional<TunnelSession> tunnel = tunnels.of(node, Duration.ZERO);
        return tunnel.isPresent() ? NodeTunnels.dial(tunnel.get(), address(host, port)) : direct.dial(node, host, port);
    }

    /// The agent connects to its own kubelet on loopback. Servers' kubelets are reached directly when they have no
    /// tunnel: servers reach each other anyway.
    /// @throws IOException when the node is no server's and has no tunnel here after [#PATIENCE]; there is no other way
    /// then
    private ByteDuplex kubelet(String node, String host, int port) throws IOException {
        boolean server = nodes.isServer(node);
        Optional<TunnelSession> tunnel = tunnels.of(node, server ? Duration.ZERO : PATIENCE);
        if (tunnel.isPresent()) {
            return NodeTunnels.dial(tunnel.get(), address("127.0.0.1", port));
        }
        if (server) {
            return direct.dial(node, host, port);
        }
        throw new IOException("no tunnel to node " + node + ": its agent is not connected to this server");
    }

    /// With the brackets of RFC 3986 around an IPv6 address, as Go's `net.JoinHostPort` writes it.
    private static String address(String host, int port) {
        return host.indexOf(':') < 0 || host.startsWith("[") ? host + ":" + port : "[" + host + "]:" + port;
    }
}
