/// The embedded default datastore: `<data-dir>/server/db/state.db`, the file stock K3s uses, readable in
/// both directions.
///
/// SQLite runs with a write-ahead log and `synchronous=FULL` (K3s' default is NORMAL, which can lose an
/// acknowledged write at a power cut): a commit is acknowledged after its group's `fdatasync`.
///
/// | thread | owns |
/// | --- | --- |
/// | `datastore-writer` (`sql-log`) | the writing connection; also the short resets of the write-ahead log |
/// | `datastore-checkpoint` | its own connection; copies pages from the write-ahead log into the file |
/// | `datastore-check` | a reading connection; one check of a file above 64 MiB, then ends |
/// | `datastore-scan` (`sql-log`) | one pass over the table after opening, then ends |
/// | callers | up to four reading connections |
///
/// Swap policy REPLACE: two SQLite copies in one process would break POSIX locks. The old bundle commits what
/// is queued and closes; the new one opens the file; callers see `DatastoreUnavailable` in between.
@NullMarked
package io.k3j.datastoresqlite;

import org.jspecify.annotations.NullMarked;
