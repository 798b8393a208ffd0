package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.SQLException;
import org.osgi.annotation.versioning.ConsumerType;

/// What differs between databases.
///
/// **Who.** Drivers implement it, [SqlLog] calls it. **Instances.** One per open log.
///
/// **Threads.** Methods that take the writing connection are called by one thread at a time; the others by any.
///
/// **Failure.** Every `SQLException` is brought back to [#trouble] to learn what it means.
@ConsumerType
public interface SqlDialect {
    /// What and where the database is, for messages; without passwords.
    String place();

    /// Whether other processes may write to the table, too: not on an embedded database.
    default boolean shared() {
        return false;
    }

    /// Opens the connection that writes, after making sure that table `kine` and its unique index exist.
    /// It must be in auto-commit mode. Called once.
    Connection openWriter() throws SQLException;

    /// Opens a connection that only reads; called up to [SqlLog#READERS] times, and once for the first scan.
    Connection openReader() throws SQLException;

    /// Begins a transaction that excludes every other writer.
    void begin(Connection writer) throws SQLException;

    /// Commits; returns only when the transaction is on stable storage.
    void commit(Connection writer) throws SQLException;

    /// Gives a transaction up; no error if there is none.
    void rollback(Connection writer) throws SQLException;

    /// The highest id ever given out, also when its row is gone; 0 in a new table.
    long highestRevision(Connection writer) throws SQLException;

    /// What an error means.
    Trouble trouble(SQLException error);

    /// One sentence on what the operator can do about an error, may be empty.
    String advice(SQLException error);

    /// Called between two groups and before a pause; a place for short maintenance on the writing connection.
    void betweenGroups(Connection writer) throws SQLException;

    /// Called once, between two groups, when the table has been read through after opening.
    void afterScan(Connection writer) throws SQLException;

    /// Bytes the database takes on its disk.
    long size() throws SQLException;
}
