/// The embedded default datastore: `<data-dir>/server/db/state.db`, the file of stock K3s, compatible in both
/// directions.
///
/// SQLite runs with a write-ahead log and `synchronous=FULL` (K3s' default NORMAL can lose an acknowledged
/// write at a power failure): a commit is acknowledged after the `fdatasync` of its group.
///
/// | thread | owns |
/// | --- | --- |
/// | `datastore-writer` (`sql-log`) | the writing connection; also the short resets of the write-ahead log |
/// | `datastore-checkpoint` | its own connection; copies pages from the write-ahead log into the file |
/// | `datastore-check` | a reading connection; one check of a file above 64 MiB, then ends |
/// | `datastore-scan` (`sql-log`) | one pass over the table after opening, then ends |
/// | callers | up to four reading connections |
///
/// Swap policy REPLACE: two copies of SQLite in one process would break POSIX locks. The old bundle commits
/// queued changes and closes the file; the new one opens it; callers get `DatastoreUnavailable` in between.
@NullMarked
package io.k3j.datastoresqlite;

import org.jspecify.annotations.NullMarked;
