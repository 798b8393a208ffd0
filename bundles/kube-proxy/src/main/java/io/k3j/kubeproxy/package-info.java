/// Services on this node, by nftables: ClusterIP, NodePort, external and load balancer addresses, session
/// affinity, traffic policies, hairpin. The shape of the rules follows kube-proxy's nftables mode
/// (<https://kubernetes.io/docs/reference/networking/virtual-ips/#proxy-mode-nftables>).
///
/// | reads | writes (sole writer of) |
/// |---|---|
/// | Services, EndpointSlices | the kernel's tables `ip kube-proxy` and `ip6 kube-proxy` |
///
/// Each change restates the whole table in one transaction; changes that come while one is being written
/// share the next. Stopping leaves the rules; only `Retire` removes them.
@NullMarked
package io.k3j.kubeproxy;

import org.jspecify.annotations.NullMarked;
