/// The recent end of a revision log in memory, and the watches that read it: what every datastore with a log of its own
/// keeps. [LogTail] is filled by one thread and read by any; [LogWatch] goes on from wherever it is, in the tail or,
/// when the tail has moved on, in the log itself ([LogWatch.Log]).
///
/// ```
///   a writer or a feed ──append──► LogTail ──after──► LogWatch ──► Batch
///                                     └── forgotten ──► Log.read ──┘
/// ```
///
/// **Threads.** None of its own; waiting blocks with a limit and ends when it is told to. **Memory.** At most 16384
/// changes and 16 MiB of values. **Errors.** Those of the `Datastore` contract: `Compacted`, `DatastoreUnavailable`.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.logtail;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
