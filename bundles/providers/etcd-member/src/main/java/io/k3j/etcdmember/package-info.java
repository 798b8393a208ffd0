/// The managed etcd of this server: a real etcd process that K3j configures, supervises, joins to the other
/// members, snapshots and restores. The datastore on top of it is in `datastore-etcd`.
///
/// ```
///                     ┌── data on disk ───────────────────────────────┐
///   certificates ──►──┤── --cluster-init ──► a cluster of one ────────┼──► process ──► healthy ──► upkeep
///                     └── --server ──► /db/info ──► added as learner ─┘        ▲  adopt     │
///                                                                              └── ended ◄──┘
/// ```
///
/// The process runs in a session of its own, logs to a file and leaves a record. It survives swaps and `kill
/// -9` of this process: the next server process adopts it when it runs with the wanted configuration. An
/// orderly stop of the server ends it.
///
/// A killed process leaves nothing half done: the next start ends processes without a record, removes data
/// being prepared, and completes the replacement of the data directory.
///
/// The leader's server promotes learners, one at a time, as soon as they have caught up. etcd 3.4 admits one
/// learner at a time, so further joining servers retry.
///
/// | thread | owns |
/// | --- | --- |
/// | `etcd-member` | the process, joining, promotion |
/// | `etcd-snapshots` | the schedule of snapshots |
/// | `etcd-snapshot-objects` | the `ETCDSnapshotFile` of each snapshot, its Events, the legacy ConfigMap |
@NullMarked
package io.k3j.etcdmember;

import org.jspecify.annotations.NullMarked;
