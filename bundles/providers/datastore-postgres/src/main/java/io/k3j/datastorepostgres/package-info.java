/// The revision log in a PostgreSQL database (`postgres://…`, `postgresql://…`), in kine's table. Several
/// servers write to it concurrently; stock K3s can read it and take it back.
///
/// A group of commits runs under one database-wide lock (`pg_advisory_xact_lock`), released at the end of the
/// transaction, so that revisions become visible in order. Other servers are notified of the revision by
/// `NOTIFY`.
///
/// | thread | owns |
/// | --- | --- |
/// | `datastore-open` (`sql-log`) | opening, with retries until the server is available |
/// | `datastore-writer` (`sql-log`) | the writing connection |
/// | `datastore-follower` (`sql-log`) | one reading connection: rows of other servers, fences |
/// | `datastore-listen` | one connection that only listens |
/// | `datastore-scan` (`sql-log`) | one pass over the table after opening, then ends |
/// | callers | up to four reading connections |
///
/// Swap policy PARALLEL: for the database the successor is one more server.
@NullMarked
package io.k3j.datastorepostgres;

import org.jspecify.annotations.NullMarked;
