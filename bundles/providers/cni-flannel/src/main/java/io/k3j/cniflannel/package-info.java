/// The pod network of this node: the CNI configuration for containerd's bridge plugin, the bridge, forwarding and
/// masquerading, and the routes to pods of other nodes. Uses the names that K3s users know: `10-flannel.conflist`,
/// `/run/flannel/subnet.env`, `cni0`, `flannel.1`. See <https://docs.k3s.io/networking/basic-network-options>.
///
/// | reads | writes (sole writer of) |
/// |---|---|
/// | Nodes: `spec.podCIDRs`, annotations `flannel.alpha.coreos.com/` | those annotations of its own Node, `flannel.1` or `flannel-wg` with their routes, `10-flannel.conflist`, `subnet.env`, `cni0`, the kernel's tables `flannel-ipv4` and `flannel-ipv6`, forwarding sysctls |
///
/// Stopping leaves everything in place, so pods keep their network; only `Retire` removes it.
@NullMarked
package io.k3j.cniflannel;

import org.jspecify.annotations.NullMarked;
