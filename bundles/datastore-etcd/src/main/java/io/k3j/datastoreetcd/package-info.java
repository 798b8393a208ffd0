/// The datastore in an etcd cluster, with the keys as a kube-apiserver stores them: `/registry/…` at the root.
///
/// ```
///   commit ──► one transaction (mod revision == expected, and every Unchanged) ──► its revision
///   read   ──► one linearizable range per page, all pages at the first one's revision
///   etcd watch of everything ──► feed ──► tail (16 MiB) ──► watches, each a position
///                                              └ behind the tail: a watch of etcd's history, in pieces
/// ```
///
/// Why one watch of everything: only then the last change told is the progress of every watch. etcd's own
/// progress messages overtake changes in the versions Debian has
/// (<https://github.com/etcd-io/etcd/issues/15220>).
///
/// **Unknown outcomes.** A transaction whose answer did not come is sent again: its condition lets at most one of
/// the two take place. When the second is refused, the key's history says whether the first one took place.
///
/// | thread | owns |
/// | --- | --- |
/// | `datastore-feed` | the watch of everything, and one confirmed read a second that notices a dead cluster |
/// | two per connection (`streaming`) | reading and writing its socket; the reader fills the tail |
/// | `datastore-open` | the first connection; then ends, or (`--disable-etcd`) follows the members |
///
/// Swap policy PARALLEL: two copies side by side are two clients of the cluster.
@NullMarked
package io.k3j.datastoreetcd;

import org.jspecify.annotations.NullMarked;
