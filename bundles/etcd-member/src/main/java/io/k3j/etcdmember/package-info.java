/// The managed etcd of this server: a real etcd process that K3j configures, supervises, joins to the others,
/// snapshots and restores. The datastore on it is `datastore-etcd`'s business.
///
/// ```
///                     ┌── data on disk ───────────────────────────────┐
///   certificates ──►──┤── --cluster-init ──► a cluster of one ────────┼──► process ──► healthy ──► upkeep
///                     └── --server ──► /db/info ──► added as learner ─┘        ▲  adopt     │
///                                                                              └── ended ◄──┘
/// ```
///
/// The process has a session of its own, logs to a file and leaves a record. It outlives swaps and `kill -9` of this
/// process: whoever comes next adopts it when it runs with the configuration wanted now. An orderly stop of the
/// server ends it.
///
/// Who is killed leaves nothing half done: a start ends the processes nobody came to note, removes what was being made,
/// and finishes putting whole data in the place of the old.
///
/// The leader's server promotes learners, one at a time, as soon as they have caught up; etcd 3.4 takes one learner at
/// a time, so further joiners wait and ask again.
///
/// | thread | owns |
/// | --- | --- |
/// | `etcd-member` | the process, joining, promotion |
/// | `etcd-snapshots` | the schedule of snapshots |
/// | `etcd-snapshot-objects` | the `ETCDSnapshotFile` of each snapshot, its Events, the old ConfigMap |
@NullMarked
package io.k3j.etcdmember;

import org.jspecify.annotations.NullMarked;
