/// What is served, here and by other servers: upstream's `endpoints/discovery`, `kube-openapi`'s handlers, and the
/// delegation of kube-aggregator.
///
/// ```
/// Discovery ──► ServedGroups ◄── ServedResources (what components of this process find)
/// OpenApiDocuments ──► openapi
/// RemoteApis ──► AggregatorSlot of api-contributions      RemoteObjects: objects that other servers have
/// ```
///
/// Documents are made when the first one asks for them, and kept until a kind or another server's version changes.
/// While the aggregator is wanted and away, what may be another server's is answered 503, never 404.
///
/// **Threads.** Any. **Blocking.** Only what another server is asked, and a wait of 2 s for the aggregator.
/// **Errors.** `ApiFault`s in upstream's words, or the other server's. **Bounds.** A list of another server: 200
/// chunks of 500 objects, 64 MiB or a thirty-second of the heap.
@NullMarked
package io.k3j.apidiscovery;

import org.jspecify.annotations.NullMarked;
