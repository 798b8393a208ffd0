/// The revision log in a MariaDB or MySQL database (`mysql://…`), in kine's table. Several servers write to it
/// concurrently; stock K3s can read it and take it back.
///
/// A group of commits runs under one database-wide lock (`GET_LOCK`, named after the database), so that
/// revisions become visible in order. The database cannot notify other servers: they poll, every few
/// milliseconds while changes arrive, every 100 ms when idle.
///
/// | thread | owns |
/// | --- | --- |
/// | `datastore-open` (`sql-log`) | opening, with retries until the server is available |
/// | `datastore-writer` (`sql-log`) | the writing connection |
/// | `datastore-follower` (`sql-log`) | one reading connection: rows of other servers, fences |
/// | `datastore-scan` (`sql-log`) | one pass over the table after opening, then ends |
/// | callers | up to four reading connections |
///
/// Swap policy PARALLEL: for the database the successor is one more server.
@NullMarked
package io.k3j.datastoremysql;

import org.jspecify.annotations.NullMarked;
