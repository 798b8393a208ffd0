package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The connections that read, opened when first needed; a caller that finds all of them busy waits: for a shared
/// table a second and a half, since the server may have gone, else as long as it takes.
final class ReadPool implements AutoCloseable {
    /// How long a look-up may take, and how long a range or a stretch of the log.
    private static final int SHORT_MILLIS = 1_500;
    private static final int LONG_MILLIS = 10_000;
    /// SQL state of a connection that is of no use.
    private static final String CONNECTION_REFUSED = "08004";
    private final SqlDialect dialect;
    private final DatabaseFaults faults;
    private final Supplier<Known> known;
    private final Semaphore permits = new Semaphore(SqlLog.READERS);
    /// Guarded by itself; the one used last is taken first.
    private final ArrayDeque<Reader> idle = new ArrayDeque<>();

    /// `known` tells what a database must hold to be asked.
    ReadPool(SqlDialect dialect, DatabaseFaults faults, Supplier<Known> known) {
        this.dialect = dialect;
        this.faults = faults;
        this.known = known;
    }

    /// Runs a question on one of the connections; it may take long.
    ///
    /// @throws DatastoreUnavailable when there is no answer; a question may have been asked twice
    <T> T read(String what, Question<T> question) {
        return read(what, LONG_MILLIS, question);
    }

    /// Runs a question for which somebody with little time waits.
    ///
    /// @throws DatastoreUnavailable as [#read]
    <T> T readSoon(String what, Question<T> question) {
        return read(what, SHORT_MILLIS, question);
    }

    /// A connection that has died while nobody used it is no answer: another one is asked.
    private <T> T read(String what, int millis, Question<T> question) {
        acquire(what);
        try {
            faults.check(what);
            while (true) {
                Reader idle = idle();
                try {
                    return ask(idle == null ? open() : idle, millis, question);
                } catch (SQLException e) {
                    if (idle == null || dialect.trouble(e) != Trouble.AWAY) {
                        throw e;
                    }
                }
            }
        } catch (SQLException e) {
            throw faults.failed(what, e, false);
        } finally {
            permits.release();
        }
    }

    private void acquire(String what) {
        if (!dialect.shared()) {
            permits.acquireUninterruptibly();
            return;
        }
        try {
            if (!permits.tryAcquire(SHORT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw faults.late(what, false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatastoreUnavailable(what + ": interrupted", e, false);
        }
    }

    /// One that has failed is not used again: what it would read next is not known.
    private <T> T ask(Reader reader, int millis, Question<T> question) throws SQLException {
        try {
            if (dialect.shared()) {
                reader.limit(millis);
            }
            T answer = question.ask(reader);
            giveBack(reader);
            return answer;
        } catch (SQLException | RuntimeException e) {
            reader.abort();
            throw e;
        }
    }

    /// An open connection that is not in use; null when there is none.
    private @Nullable Reader idle() {
        int moves = faults.moves();
        synchronized (idle) {
            Reader reader = idle.pollLast();
            while (reader != null && reader.moves() != moves) {
                reader.abort();
                reader = idle.pollLast();
            }
            return reader;
        }
    }

    private Reader open() throws SQLException {
        int moves = faults.moves();
        Reader reader = new Reader(dialect.openReader(), moves);
        try {
            if (dialect.shared()) {
                reader.limit(SHORT_MILLIS);
                verify(reader);
            }
            return reader;
        } catch (SQLException | RuntimeException e) {
            reader.abort();
            throw e;
        }
    }

    /// After a fail-over a copy that lags must not answer: readers would go back in time. A compaction may have
    /// taken the row: then the revision recorded in the table is at or above it.
    private void verify(Reader reader) throws SQLException {
        Known held = known.get();
        long revision = held.revision();
        if (held.row() != null && !held.begins(reader.rows(Statements.LOG, revision - 1, revision, 1))
                && reader.number(Statements.COMPACT_REVISION) < revision) {
            throw new SQLException("it does not hold revision " + revision
                    + " as it was: it has lost rows, or is a copy that lags behind", CONNECTION_REFUSED);
        }
    }

    private void giveBack(Reader reader) {
        synchronized (idle) {
            idle.addLast(reader);
        }
    }

    /// Waits for questions in progress, then closes every connection. `faults` must refuse new ones by then.
    @Override
    public void close() throws SQLException {
        permits.acquireUninterruptibly(SqlLog.READERS);
        try {
            for (Reader reader : idle) {
                reader.close();
            }
            idle.clear();
        } finally {
            permits.release(SqlLog.READERS);
        }
    }

    /// Something to ask; an exception costs the connection.
    interface Question<T> {
        T ask(Reader reader) throws SQLException;
    }
}
