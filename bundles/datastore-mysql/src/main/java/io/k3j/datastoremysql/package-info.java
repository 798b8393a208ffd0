/// The revision log in a MariaDB or MySQL database (`mysql://…`), in kine's table: several servers write to it at once,
/// stock K3s can read it and be given it back.
///
/// A group of commits runs under one lock of the whole database (`GET_LOCK`, named after the database), so revisions
/// become visible in their order. The database has no way to tell other servers: they look, every few milliseconds
/// while something happens, every 100 ms at idle.
///
/// | thread | owns |
/// | --- | --- |
/// | `datastore-open` (`sql-log`) | opening, again and again while the server is not there yet |
/// | `datastore-writer` (`sql-log`) | the writing connection |
/// | `datastore-follower` (`sql-log`) | one reading connection: rows of other servers, fences |
/// | `datastore-scan` (`sql-log`) | one pass over the table after opening, then ends |
/// | callers | up to four reading connections |
///
/// Swap policy PARALLEL: to the database the successor is one more server.
@NullMarked
package io.k3j.datastoremysql;

import org.jspecify.annotations.NullMarked;
