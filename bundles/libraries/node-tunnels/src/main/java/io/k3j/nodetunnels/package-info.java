/// How a server reaches its nodes: through the tunnels their agents keep open to it, or directly, as
/// `--egress-selector-mode` says.
///
/// [NodeTunnels] answers `/v1-k3s/connect` and keeps the tunnels by node; [EgressDialer] decides for each connection;
/// [DirectDialer] connects without one. The frames are of the library `streaming`.
///
/// A library: its objects belong to the one who makes them, `supervisor`; closing [NodeTunnels] ends all tunnels, and
/// agents come back to the successor. Safe for use by any thread. A tunnel is served on the virtual thread of its
/// request until it ends; dialling blocks: 10 s for a direct connection, 3 s for a tunnel that may be on its way
/// back. What cannot be reached is an `IOException` that names the node. Source: K3s'
/// `pkg/daemons/control/tunnel.go`, rancher/remotedialer.
@NullMarked
package io.k3j.nodetunnels;

import org.jspecify.annotations.NullMarked;
