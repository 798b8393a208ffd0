package io.k3j.datastorepostgres;

import io.k3j.sqllog.Trouble;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Tells a primary from one that has been superseded. With every promotion PostgreSQL begins a new time line; a primary
/// of an older one than was seen here came back, or was never told that another took its place: what it takes would be
/// lost, and what the other has taken is missing in it.
///
/// Time lines of one system only are compared: a database that was made anew begins with 1.
final class Succession {
    private static final String QUESTION = "SELECT s.system_identifier, CASE WHEN pg_is_in_recovery() THEN ''"
            + " ELSE substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END FROM pg_control_system() AS s";
    private static final int HEXADECIMAL = 16;
    private long system;
    private long timeLine;

    /// Looks at the server of a new connection; 0 for a standby.
    /// @return its time line
    /// @throws SQLException when it has been superseded
    long check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet answer = statement.executeQuery(QUESTION)) {
            if (!answer.next() || answer.getString(2).isEmpty()) {
                return 0;
            }
            return seen(answer.getLong(1), Long.parseLong(answer.getString(2), HEXADECIMAL));
        } catch (SQLException e) {
            if (Errors.trouble(e) == Trouble.AWAY) {
                throw e;
            }
            // something that speaks PostgreSQL's protocol and has no time lines
            return 1;
        }
    }

    private synchronized long seen(long whose, long found) throws SQLException {
        if (whose == system && found < timeLine) {
            throw new SQLException("it is a primary of time line " + found + ", and time line " + timeLine
                    + " was seen since: another server has taken its place", Errors.SUPERSEDED);
        }
        system = whose;
        timeLine = found;
        return found;
    }
}
