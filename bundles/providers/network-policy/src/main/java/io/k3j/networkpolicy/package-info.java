/// Enforces NetworkPolicies on this node by nftables
/// (<https://kubernetes.io/docs/concepts/services-networking/network-policies/>), as kube-router's library does in K3s.
///
/// | reads | writes (sole writer of) |
/// |---|---|
/// | Pods, Namespaces, NetworkPolicies, the slices of `kube-dns`, pod ranges of Nodes | the kernel's table `inet k3s-network-policy`, Events |
///
/// ```
/// views ─► Picture ─► PolicyTable (Isolation ─► IsolationRules) ─► PolicyWriter ─► kernel
/// kubelet ─► PodStartGate ─┘                                           │
///        ▲────────────── the rules of the pod stand ───────────────────┘
/// ```
///
/// A pod is closed until it has been decided about: packets to and from an address of this node's range that is no
/// known pod's are dropped by the kernel, also while this bundle is away. A policy that the kernel refuses lets nothing
/// through. Stopping leaves the rules; only `Retire` removes them.
@NullMarked
package io.k3j.networkpolicy;

import org.jspecify.annotations.NullMarked;
