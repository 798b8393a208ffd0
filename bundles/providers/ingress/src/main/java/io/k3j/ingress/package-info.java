/// K3s' ingress, in this process: HTTP and HTTPS by Ingress objects, without a pod.
///
/// ```
/// Ingress, IngressClass ─► Routing ─► RoutingTable of web and websecure    (pure, rebuilt by a change)
/// Secret ───────────────► Certificates                                     (asked by each handshake)
/// Service, EndpointSlice ─► BackendEndpoints ─► Endpoints                          (looked up once, until a change)
///
/// socket ─► EntryPointChannel ─► TLS ─► HTTP/1.1, HTTP/2 ─► ClientSide ─► ProxiedRequest ─► UpstreamSide ─► pod
/// ```
///
/// A client's channel and the endpoint's are on the same event loop: no lock, no hand-over. Both read on demand only,
/// so who is slow holds back the other side and nothing piles up. Connections to endpoints are kept per event loop.
///
/// It listens on this node's address in the pod network, ports 20080 and 20443; the Service `traefik` of type
/// LoadBalancer, with an EndpointSlice for each server, brings requests there, so ports 80 and 443 of the nodes are
/// given and refused by servicelb as to anybody else.
///
/// **Swap.** PARALLEL. **Threads.** Netty is called from the event loops and virtual threads of this bundle only.
@NullMarked
package io.k3j.ingress;

import org.jspecify.annotations.NullMarked;
