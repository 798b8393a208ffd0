package io.k3j.datastorepostgres;

import io.k3j.sqllog.Trouble;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// Detects a superseded primary. Each promotion in PostgreSQL starts a new timeline. A primary on an older
/// timeline than one seen before has come back, or does not know that another server was promoted: its new
/// writes would be lost, and it lacks the other's.
///
/// Only timelines of the same system are compared: a recreated database starts with 1.
final class Succession {
    private static final String QUERY = "SELECT s.system_identifier, CASE WHEN pg_is_in_recovery() THEN ''"
            + " ELSE substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) END FROM pg_control_system() AS s";
    private static final int HEXADECIMAL = 16;
    private long system;
    private long timeLine;

    /// Checks the server of a new connection.
    /// @return its timeline, 0 for a standby
    /// @throws SQLException when it was superseded
    long check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet answer = statement.executeQuery(QUERY)) {
            if (!answer.next() || answer.getString(2).isEmpty()) {
                return 0;
            }
            return record(answer.getLong(1), Long.parseLong(answer.getString(2), HEXADECIMAL));
        } catch (SQLException e) {
            if (new PostgresErrors().trouble(e) == Trouble.AWAY) {
                throw e;
            }
            // a server that speaks PostgreSQL's protocol without timelines
            return 1;
        }
    }

    private synchronized long record(long whose, long found) throws SQLException {
        if (whose == system && found < timeLine) {
            throw new SQLException("it is a primary of time line " + found + ", and time line " + timeLine
                    + " was seen since: another server has taken its place", PostgresErrors.SUPERSEDED);
        }
        system = whose;
        timeLine = found;
        return found;
    }
}
