/// The cluster's DNS, answered on every node in this process: the `kube-dns` Service without a pod. Names and
/// answers follow the Kubernetes DNS specification
/// (<https://github.com/kubernetes/dns/blob/master/docs/specification.md>), everything else is forwarded
/// to the resolvers of the node.
///
/// | reads | writes (sole writer of) |
/// |---|---|
/// | Services, EndpointSlices, Namespaces, Nodes | Service `kube-system/kube-dns`, EndpointSlice `kube-dns-<node>` of this node |
///
/// It listens on the node's own address in the pod network, port 53, so that a pod's query crosses one hop; with
/// `--flannel-backend=none` on the node's address, port 10053, for the pod network only. Every node is an endpoint of
/// the Service, whose traffic is `Local`. It keeps answering from its last picture while the API is away.
@NullMarked
package io.k3j.clusterdns;

import org.jspecify.annotations.NullMarked;
