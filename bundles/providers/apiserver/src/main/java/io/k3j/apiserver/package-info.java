/// The API server: the only access to the objects of the cluster.
///
/// ```
/// Pipeline          authentication -> ResourceHandler (authorization -> seat -> reads, writes, watches,
/// subresources) | Paths
/// api-contributions what other bundles contribute -> slots
/// api-access        request -> caller, allowed or not, recorded
/// api-discovery     kinds, other servers -> documents, requests that others answer
/// api-requests      bytes -> tree, stored bytes -> bytes
/// object-registry   tree -> Shaping (defaults, admission, ownership, validation) -> ObjectWrites -> Store
/// watch-cache       the one watch on the datastore -> EventLog -> ObjectReads
/// api-watches       EventLog -> WatchHub, LocalView
/// apiserver-controllers  what the server keeps up by itself
/// ```
///
/// Objects are cached in their stored encoding; JSON responses, lists and watches are those bytes with the
/// resourceVersion inserted. The datastore's watch is the only input of the cache, so a second server, or a successor
/// of this bundle, has the same state.
///
/// Reads and writes: everything below `/registry/` in the datastore (sole writer of this process).
@NullMarked
package io.k3j.apiserver;

import org.jspecify.annotations.NullMarked;
