/// The cluster DNS server, which runs on every node in this process: the Service `kube-dns` without a pod. Names and
/// answers follow the Kubernetes DNS specification
/// (<https://github.com/kubernetes/dns/blob/master/docs/specification.md>); what else is answered, and how, says the
/// Corefile of the ConfigMaps `coredns` and `coredns-custom`, as CoreDNS reads it
/// (<https://coredns.io/manual/configuration/>).
///
/// | reads | writes (sole writer of) |
/// |---|---|
/// | Services, EndpointSlices, Namespaces, its Node, two ConfigMaps; Pods if the Corefile says so | EndpointSlices `kube-dns-<node>` of this node |
///
/// ```
///   ConfigFiles ─► Corefile (library corefile) ─► Configuration: port, zone ─► chain of Handlers
///   message ─► UdpListener, Listeners ─► Responder ─► DnsQuery ─► Ask ─► chain ─► DnsAnswer ─► DnsMessageWriter
/// ```
///
/// Most links of a chain are of the library `dns-plugins`, the bytes of `dns-message`; here are the plug-in
/// `kubernetes`, what a Corefile means, metrics, sockets and the objects that make this the cluster's DNS.
///
/// It listens on the node's own address in the pod network, port 53, so that a pod's query takes one hop; with
/// `--flannel-backend=none` on the node's address, port 10053, for the pod network only. Every node is an endpoint of
/// the Service, whose traffic policy is `Local`. It answers from the last state of its views while the API is
/// unavailable.
@NullMarked
package io.k3j.clusterdns;

import org.jspecify.annotations.NullMarked;
