package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.osgi.annotation.versioning.ConsumerType;

/// What the dialects of database servers, to which several processes write, have in common.
@ConsumerType
public abstract class ServerDialect implements SqlDialect {
    /// How long an answer to whoever writes may take.
    protected static final int WRITER_MILLIS = 2_000;
    /// How long an answer to whoever reads may take.
    protected static final int READER_MILLIS = 10_000;
    private static final Duration PATIENCE = Duration.ofMillis(1_900);
    private boolean prepared;

    /// For drivers.
    protected ServerDialect() {
        // nothing to keep
    }

    @Override
    public final boolean shared() {
        return true;
    }

    @Override
    public final Duration patience() {
        return PATIENCE;
    }

    @Override
    public final Connection openWriter() throws SQLException {
        if (!prepared) {
            prepare();
            prepared = true;
        }
        return writer();
    }

    /// Makes what is missing in the database; called until it succeeds, then no more.
    protected abstract void prepare() throws SQLException;

    /// Opens the connection that writes to a prepared table.
    protected abstract Connection writer() throws SQLException;

    @Override
    public final Newest begin(Connection writer) throws SQLException {
        try {
            return lock(writer);
        } catch (SQLException e) {
            if (trouble(e) != Trouble.AWAY) {
                rollback(writer);
            }
            throw e;
        }
    }

    /// Begins a transaction under the lock of the log, which every process takes that writes.
    /// @return the newest row, read under the lock
    protected abstract Newest lock(Connection writer) throws SQLException;

    @Override
    public final long highestRevision(Connection writer) throws SQLException {
        return number(writer, "SELECT COALESCE(MAX(id), 0) FROM kine");
    }

    /// The number that a question answers; 0 without an answer.
    protected static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }
}
