package io.k3j.sqllog;

import java.sql.SQLException;

/// A commit that the database has carried out where it was asked, and does not vouch for: it may not survive the
/// loss of that server. Reading it back there says nothing. So the commit is one of unknown outcome, and the
/// connection is left: PostgreSQL's synchronous replication ends a wait in this way.
public final class UnconfirmedCommit extends SQLException {
    private static final long serialVersionUID = 1L;

    /// `why` is what the database said.
    public UnconfirmedCommit(String why) {
        // "transaction resolution unknown"
        super("the database committed with a warning: " + why, "08007");
    }

    /// The connection was lost while the commit may have waited for a standby, and its rows are on the server.
    static UnconfirmedCommit brokenOff() {
        return new UnconfirmedCommit("the connection was lost before a synchronous standby had confirmed it");
    }
}
