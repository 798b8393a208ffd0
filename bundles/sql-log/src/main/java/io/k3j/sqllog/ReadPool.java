package io.k3j.sqllog;

import io.k3j.datastoreapi.DatastoreUnavailable;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connections that read, opened when first needed; a caller that finds all of them busy waits.
final class ReadPool implements AutoCloseable {
    private static final int SHORT_MILLIS = 1_500;
    private static final int LONG_MILLIS = 10_000;
    private final SqlDialect dialect;
    private final Faults faults;
    private final Semaphore permits = new Semaphore(SqlLog.READERS);
    private final ArrayDeque<Reader> idle = new ArrayDeque<>();

    ReadPool(SqlDialect dialect, Faults faults) {
        this.dialect = dialect;
        this.faults = faults;
    }

    /// Runs a question on one of the connections; it may take long.
    <T> T read(String what, Question<T> question) {
        return read(what, LONG_MILLIS, question);
    }

    /// Runs a question for which somebody with little time waits.
    <T> T readSoon(String what, Question<T> question) {
        return read(what, SHORT_MILLIS, question);
    }

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

    private @Nullable Reader idle() {
        synchronized (idle) {
            return idle.pollLast();
        }
    }

    private Reader open() throws SQLException {
        return new Reader(dialect.openReader());
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
