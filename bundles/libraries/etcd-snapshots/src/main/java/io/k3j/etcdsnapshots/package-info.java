/// Snapshots of etcd as K3s keeps them: taken, named, compressed, counted, kept on disk and in S3, listed, deleted, and
/// told to the API as `ETCDSnapshotFile`. Knows no etcd: who has one writes its bytes ([EtcdSnapshots.Source]).
///
/// ```
///   /db/snapshot ──► carryOut ──┐                     ┌──► a file `<prefix>-<node>-<unix time>[.zip]`
///   cron ──► runSchedule ───────┴──► Source.copyTo ───┴──► its copy in S3
///                                          │ outcome
///   API ◄── ETCDSnapshotFile, Events ◄── runObjects: objects follow files, never the other way
/// ```
///
/// **Threads.** None of its own. [EtcdSnapshots] may be called by any thread; saving, listing and the like block for as
/// long as disk, etcd and S3 take, one at a time. **Errors.** What is asked wrongly is an `IllegalArgumentException`,
/// what cannot be done an `IOException`; each message names the flag or the file and says what to do. A file that has
/// its name is whole.
///
/// **Bounds.** Pages and errors of S3, the outcomes that wait for the API and the ConfigMap have bounds with names.
/// What fills the disk is bounded by the retention alone, as in K3s.
///
/// Source: <https://docs.k3s.io/cli/etcd-snapshot>; names, fields and metrics are K3s', so that either product reads
/// the other's snapshots.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.etcdsnapshots;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
