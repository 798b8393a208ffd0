/// The pod network of this node: the CNI configuration that containerd hands to the bridge plugin, the bridge
/// itself, forwarding and masquerading, and the ways to the pods of other nodes. Named after what K3s
/// users look for: `10-flannel.conflist`, `/run/flannel/subnet.env`, `cni0`, `flannel.1`. See
/// <https://docs.k3s.io/networking/basic-network-options>.
///
/// | reads | writes (sole writer of) |
/// |---|---|
/// | Nodes: `spec.podCIDRs`, annotations `flannel.alpha.coreos.com/` | those annotations of its own Node, `flannel.1` or `flannel-wg` with their routes, `10-flannel.conflist`, `subnet.env`, `cni0`, the kernel's tables `flannel-ipv4` and `flannel-ipv6`, forwarding sysctls |
///
/// Stopping leaves all of it, so pods keep their network; only `Retire` takes it down.
@NullMarked
package io.k3j.cniflannel;

import org.jspecify.annotations.NullMarked;
