/// What Ingress objects mean: which requests go to which port of which Service
/// (<https://kubernetes.io/docs/concepts/services-networking/ingress/>). [Routing] puts all Ingresses of a cluster
/// together: a [RoutingTable] for each [EntryPoint], the certificate of each host, and what is not served and why.
/// [HostClaims] says whose a host is. A [RequestTarget] is what a client asks for, in one reading only.
///
/// Immutable values and pure functions; any thread; nothing blocks.
@Export
@Version("1.1.0")
@NullMarked
package io.k3j.ingressrouting;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
