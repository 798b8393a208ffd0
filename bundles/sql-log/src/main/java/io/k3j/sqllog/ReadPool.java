package io.k3j.sqllog;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;

/// The connections that read, opened when first needed; a caller that finds all of them busy waits.
final class ReadPool implements AutoCloseable {
    private final SqlDialect dialect;
    private final Faults faults;
    private final Semaphore permits = new Semaphore(SqlLog.READERS);
    private final ArrayDeque<Reader> idle = new ArrayDeque<>();

    ReadPool(SqlDialect dialect, Faults faults) {
        this.dialect = dialect;
        this.faults = faults;
    }

    /// Runs a question on one of the connections.
    <T> T read(String what, Question<T> question) {
        permits.acquireUninterruptibly();
        try {
            faults.check(what);
            Reader reader = take();
            try {
                T answer = question.ask(reader);
                giveBack(reader);
                return answer;
            } catch (SQLException | RuntimeException e) {
                discard(reader, e);
                throw e;
            }
        } catch (SQLException e) {
            throw faults.failed(what, e, false);
        } finally {
            permits.release();
        }
    }

    private Reader take() throws SQLException {
        synchronized (idle) {
            Reader reader = idle.pollLast();
            if (reader != null) {
                return reader;
            }
        }
        return new Reader(dialect.openReader());
    }

    private void giveBack(Reader reader) {
        synchronized (idle) {
            idle.addLast(reader);
        }
    }

    private static void discard(Reader reader, Exception why) {
        try {
            reader.close();
        } catch (SQLException e) {
            why.addSuppressed(e);
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
