/// Services of type `LoadBalancer` on the nodes' own addresses, without a pod (K3s' ServiceLB, whose pods forward
/// ports; <https://docs.k3s.io/networking/networking-services#service-load-balancer>). kube-proxy forwards every
/// address in `status.loadBalancer`, so all that is decided here is which address stands there, and which port of
/// which node belongs to which Service.
///
/// ```
///   on each node                                  on the leader
///   PortReporter                                  ServiceLb ─ ServiceLbController
///     HostSockets ─ SocketOwners                    BalancerNodes   which nodes may carry a Service
///     PortChecks ──► PortReport ── annotation ──►   PortRefusals    why a port of a node is not free
///                                                   PortBook        who has it
///                                                   IngressStatus   the addresses ──► status ──► kube-proxy
/// ```
///
/// | reads | writes |
/// |---|---|
/// | Services, EndpointSlices, Nodes, Pods; on each node `/proc/net` | `status.loadBalancer` and the finalizer of Services that it balances; the annotation `svccontroller.k3s.cattle.io/ports` of the own Node; Events |
@NullMarked
package io.k3j.servicelb;

import org.jspecify.annotations.NullMarked;
