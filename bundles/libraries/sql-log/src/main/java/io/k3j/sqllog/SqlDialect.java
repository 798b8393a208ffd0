package io.k3j.sqllog;

import io.k3j.componentapi.Health;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.osgi.annotation.versioning.ConsumerType;

/// What differs between databases.
///
/// **Who.** Drivers implement it, [SqlLog] calls it. **Instances.** One per open log.
///
/// **Threads.** Methods that take the writing connection are called by one thread at a time; the others by any.
///
/// **Failure.** Every `SQLException` is brought back to [#trouble] to learn what it means.
///
/// **Guarantees asked of it.**
/// 1. After [#commit] or [Inserter#commit] the rows are on stable storage.
/// 2. Between [#begin] and the end of the transaction no other writer's row becomes visible.
/// 3. Names compare by the bytes of their UTF-8 form.
@ConsumerType
public interface SqlDialect {
    /// What and where the database is, for messages; without passwords.
    String place();

    /// Whether other processes may write to the table. Then the log follows it, and [#begin] must exclude every
    /// writer of every process.
    default boolean shared() {
        return false;
    }

    /// How long a commit may take before its caller is told that it failed. With the default nobody gives up: a
    /// local disk answers or fails.
    default Duration patience() {
        return Duration.ofDays(365);
    }

    /// How long the log of a shared table rests between two looks at it, when nobody has announced anything;
    /// `quiet` is how many looks in a row have found nothing.
    default Duration rest(int quiet) {
        return Duration.ofSeconds(1);
    }

    /// Hears what other processes announce and calls `onNews` with the revision, on a thread of its own, until it is
    /// closed. It loses and finds connections by itself. `health` is where the thread reports.
    default Closeable listen(LongConsumer onNews, Health health) {
        return () -> {
        };
    }

    /// Opens the connection that writes; table `kine` and its unique index must exist afterwards. It must be in
    /// auto-commit mode. Called again when that connection was lost.
    ///
    /// @throws SQLException when there is none; nothing is left open
    Connection openWriter() throws SQLException;

    /// Opens a connection that only reads; called up to [SqlLog#READERS] times, once for the first scan, and once
    /// for following a shared table. In auto-commit mode: every question sees what is committed when it is asked.
    Connection openReader() throws SQLException;

    /// Begins a transaction that excludes every other writer.
    /// @return the newest row of a shared table then; else [Newest#NONE] will do
    Newest begin(Connection writer) throws SQLException;

    /// What inserts on a connection of [#openWriter], called once for each.
    default Inserter inserter(Connection writer) throws SQLException {
        return new Inserts(this, writer);
    }

    /// Commits a transaction whose rows, if any, are there already; returns only when it is on stable storage.
    ///
    /// @throws SQLException when it did not happen, or it is not known whether it did
    void commit(Connection writer) throws SQLException;

    /// Whether a committed row that is found on the writing connection opened last is as safe as one whose commit was
    /// confirmed. Not where a commit waits for another server: what broke off may be on this one alone.
    default boolean lastsOnceRead() {
        return true;
    }

    /// Gives a transaction up; no error if there is none.
    void rollback(Connection writer) throws SQLException;

    /// The highest id ever given out, also when its row is gone; 0 in a new table. A revision is never given out
    /// twice, so the newest row alone does not do where its deletion is possible.
    long highestRevision(Connection writer) throws SQLException;

    /// What an error means. Pure. What it does not know is best taken for [Trouble#REFUSED]: nothing is tried
    /// again, nothing is given up.
    Trouble trouble(SQLException error);

    /// Whether an error at the start will stay whatever one waits for: a wrong password, a missing right.
    default boolean hopeless(SQLException error) {
        return false;
    }

    /// One sentence on what the operator can do about an error, may be empty. Without a final stop; it follows the
    /// database's own message.
    String advice(SQLException error);

    /// Called between two groups and before a pause; a place for short maintenance on the writing connection.
    /// On the writer's thread: as long as it takes, nobody commits.
    default void betweenGroups(Connection writer) throws SQLException {
    }

    /// Called once, between two groups, when the table has been read through after opening.
    default void afterScan(Connection writer) throws SQLException {
    }

    /// Called on a reading connection before and after a step of compaction, the one change that is made on it. Where
    /// the database itself ends no transaction that stands still, this has it end the session soon: a server that is
    /// frozen within a step would keep all others from compacting. On any thread, for one connection at a time.
    ///
    /// @param begins before the step; else it is over, and the session may be idle for as long as others
    default void step(Connection reader, boolean begins) throws SQLException {
    }

    /// Bytes the database takes on its disk.
    long size() throws SQLException;

    /// Called last: gives back what the dialect itself holds.
    default void close() {
    }
}
