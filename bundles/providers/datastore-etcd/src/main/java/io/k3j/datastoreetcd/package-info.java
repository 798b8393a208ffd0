/// The datastore in an etcd cluster, with the keys as a kube-apiserver stores them: `/registry/…` at the root.
///
/// ```
///   commit ──► one transaction (mod revision == expected, and every Unchanged) ──► its revision
///   read   ──► one linearizable range per page, all pages at the first one's revision
///   etcd watch of all keys ──► feed ──► tail (16 MiB) ──► watches, each a position
///                                              └ below the tail: a watch of etcd's history, in pieces
/// ```
///
/// Why one watch of all keys: only then the last change delivered is the progress of every watch. etcd's own
/// progress messages overtake changes in the versions Debian ships
/// (<https://github.com/etcd-io/etcd/issues/15220>).
///
/// **Unknown outcomes.** A transaction whose answer was lost is sent again: its condition lets at most one of
/// the two be applied. When the second is refused, the key's history tells whether the first was applied.
///
/// | thread | owns |
/// | --- | --- |
/// | `datastore-feed` | the watch of all keys, and a linearizable read every second that detects a dead cluster
/// |
/// | two per connection (`streaming`) | reading and writing its socket; the reader fills the tail |
/// | `datastore-open` | the first connection; then ends, or (`--disable-etcd`) follows the members |
///
/// Swap policy PARALLEL: two instances are two clients of the cluster.
@NullMarked
package io.k3j.datastoreetcd;

import org.jspecify.annotations.NullMarked;
