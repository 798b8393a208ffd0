/// What Ingress objects mean: which requests go to which port of which Service
/// (<https://kubernetes.io/docs/concepts/services-networking/ingress/>). [Routing] puts all Ingresses of a cluster
/// together: a [RoutingTable] for each [EntryPoint], the certificate of each host, and what is not served and why.
/// [HostClaims] says whose a host is. A [RequestTarget] is what a client asks for, in one reading only.
///
/// Immutable values and pure functions; any thread; nothing blocks.
@NullMarked
package io.k3j.ingressrouting;

import org.jspecify.annotations.NullMarked;
