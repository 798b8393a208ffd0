/// Implements Services on this node by nftables: ClusterIP, NodePort, external and load balancer addresses, session
/// affinity, traffic policies, hairpin. The structure of the rules follows kube-proxy's nftables mode
/// (<https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables>).
///
/// | reads | writes (sole writer of) |
/// |---|---|
/// | Services, EndpointSlices, this node's Node | the kernel's tables `ip kube-proxy` and `ip6 kube-proxy`; Events on Services that nft refuses |
///
/// ```
/// views ─► Proxier (which Services have changed) ─► ServicePorts ─► ServicePortRules (pieces by claim)
///                                                                    └─► FamilyWriter, ProxyTable ─► the difference
/// ```
///
/// A change writes the elements of its own Service in one transaction; changes that arrive during a write share the
/// next one. Stopping leaves the rules; only `Retire` removes them.
@NullMarked
package io.k3j.kubeproxy;

import org.jspecify.annotations.NullMarked;
