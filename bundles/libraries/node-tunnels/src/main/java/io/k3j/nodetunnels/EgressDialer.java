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
    /// An agent whose tunnel has ended is back within a second or two.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final String mode;
    /// This server's own node is on this machine and needs no tunnel.
    private final String self;
    private final NodeTunnels tunnels;
    private final Nodes nodes;
    private final Direct direct;

    /// What the cluster knows of its Nodes.
    public interface Nodes {
        /// Whether it is a server's node; false when the cluster cannot be asked. May block for a request.
        boolean isServer(String node);
    }

    /// The way without a tunnel, as [NodeDialer#dial].
    interface Direct {
        ByteDuplex dial(String node, String host, int port) throws IOException;
    }

    /// `mode` is one of those above, `self` this server's own node. Dials nobody yet.
    public EgressDialer(String mode, String self, NodeTunnels tunnels, Nodes nodes) {
        this(mode, self, tunnels, nodes, new DirectDialer());
    }

    /// `direct` is the way without a tunnel.
    EgressDialer(String mode, String self, NodeTunnels tunnels, Nodes nodes, Direct direct) {
        this.mode = mode;
        this.self = self;
        this.tunnels = tunnels;
        this.nodes = nodes;
        this.direct = direct;
    }

    private boolean isHere(String node) {
        return node.isEmpty() || node.equals(self);
    }

    /// @throws IOException naming the node when it cannot be reached; nothing stays open then
    @Override
    public ByteDuplex dial(String node, String host, int port) throws IOException {
        Optional<TunnelSession> tunnel = isHere(node) || !mode.equals("cluster") && !mode.equals("pod")
                ? Optional.empty() : tunnels.of(node, Duration.ZERO);
        return tunnel.isPresent() ? NodeTunnels.dial(tunnel.get(), address(host, port)) : direct.dial(node, host, port);
    }

    /// The agent connects to its own kubelet on loopback. Servers' kubelets are reached directly when they have no
    /// tunnel: servers reach each other anyway.
    /// @throws IOException when the node is no server's and has no tunnel here after [#PATIENCE]; there is no other way
    /// then
    @Override
    public ByteDuplex dialKubelet(String node, String host, int port) throws IOException {
        if (isHere(node)) {
            return direct.dial(node, host, port);
        }
        if (mode.equals("disabled")) {
            return direct.dial(node, ReportedAddress.resolve(node, host), port);
        }
        boolean server = nodes.isServer(node);
        Optional<TunnelSession> tunnel = tunnels.of(node, server ? Duration.ZERO : PATIENCE);
        if (tunnel.isPresent()) {
            return NodeTunnels.dial(tunnel.get(), address("127.0.0.1", port));
        }
        if (server) {
            return direct.dial(node, ReportedAddress.resolve(node, host), port);
        }
        throw new IOException("no tunnel to node " + node + ": its agent is not connected to this server");
    }

    /// With the brackets of RFC 3986 around an IPv6 address, as Go's `net.JoinHostPort` writes it.
    private static String address(String host, int port) {
        return host.indexOf(':') < 0 || host.startsWith("[") ? host + ":" + port : "[" + host + "]:" + port;
    }
}
