/// The revision log in a PostgreSQL database (`postgres://…`, `postgresql://…`), in kine's table: several servers
/// write to it at once, stock K3s can read it and be given it back.
///
/// A group of commits runs under one lock of the whole database (`pg_advisory_xact_lock`), which ends with its
/// transaction, so revisions become visible in their order. Other servers are told by `NOTIFY`, the revision only.
///
/// | thread | owns |
/// | --- | --- |
/// | `datastore-open` (`sql-log`) | opening, again and again while the server is not there yet |
/// | `datastore-writer` (`sql-log`) | the writing connection |
/// | `datastore-follower` (`sql-log`) | one reading connection: rows of other servers, fences |
/// | `datastore-listen` | one connection that only listens |
/// | `datastore-scan` (`sql-log`) | one pass over the table after opening, then ends |
/// | callers | up to four reading connections |
///
/// Swap policy PARALLEL: to the database the successor is one more server.
@NullMarked
package io.k3j.datastorepostgres;

import org.jspecify.annotations.NullMarked;
