/// The API server: one door for everything that reads or changes objects of the cluster.
///
/// ```
/// Pipeline   who? -> seat -> may it? -> Resources | Changes | Watches | Subresources | Paths
/// Changes    bytes -> tree -> Shaping (defaults, admission, ownership, validation) -> Writes -> Store
/// watch-cache   the one watch on the datastore -> EventLog -> Reads, WatchHub, LocalView
/// ```
///
/// Objects are kept as the bytes they have in the store; JSON answers, lists and watches are those
/// bytes with the revision spliced in. Everything in memory is fed by the datastore's watch alone, so
/// a second server, or a successor of this bundle, sees the same.
///
/// Reads and writes: everything below `/registry/` in the datastore (sole writer of this process).
@NullMarked
package io.k3j.apiserver;

import org.jspecify.annotations.NullMarked;
