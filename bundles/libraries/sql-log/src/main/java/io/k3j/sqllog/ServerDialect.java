package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// What the dialects of database servers, to which several processes write, have in common.
@ConsumerType
public abstract class ServerDialect implements SqlDialect {
    /// How long an answer to whoever writes may take: hardly longer than anybody waits for it.
    protected static final int WRITER_MILLIS = 2_000;
    /// How long an answer to whoever reads may take: ranges may be large.
    protected static final int READER_MILLIS = 10_000;
    /// So long a commit is tried before its caller is told that it failed.
    private static final Duration PATIENCE = Duration.ofMillis(1_900);
    private final ErrorCodes codes;
    private final List<SafeSetting> durability;
    /// Whether what is missing was made; the writer's thread only.
    private boolean prepared;

    /// What the error codes of a database mean, as [SqlDialect] asks it. Pure: the same error always means the
    /// same.
    public interface ErrorCodes {
        /// As [SqlDialect#trouble].
        Trouble trouble(SQLException error);

        /// As [SqlDialect#hopeless].
        boolean hopeless(SQLException error);

        /// As [SqlDialect#advice].
        String advice(SQLException error);
    }

    /// For drivers.
    ///
    /// @param durability what must be set so that commits last, looked at whenever a writing connection was opened
    protected ServerDialect(ErrorCodes codes, List<SafeSetting> durability) {
        this.codes = codes;
        this.durability = List.copyOf(durability);
    }

    @Override
    public final boolean shared() {
        return true;
    }

    @Override
    public final Duration patience() {
        return PATIENCE;
    }

    /// Settings are looked at each time: after a fail-over it may be another server's.
    @Override
    public final Connection openWriter() throws SQLException {
        if (!prepared) {
            prepare();
            prepared = true;
        }
        Connection opened = writer();
        try {
            SafeSetting.check(opened, durability);
            return opened;
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
    }

    /// Makes what is missing in the database; called until it succeeds, then no more.
    ///
    /// @throws SQLException as [SqlDialect#openWriter]; what was made until then stays and is found the next time
    protected abstract void prepare() throws SQLException;

    /// Opens the connection that writes to a prepared table.
    ///
    /// @return in auto-commit mode
    protected abstract Connection writer() throws SQLException;

    @Override
    public final Trouble trouble(SQLException error) {
        return codes.trouble(error);
    }

    @Override
    public final boolean hopeless(SQLException error) {
        return codes.hopeless(error);
    }

    @Override
    public final String advice(SQLException error) {
        return codes.advice(error);
    }

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

    /// Begins a transaction under the lock of the log, which every process takes that writes. A lock that is not to
    /// be had in time is [Trouble#HELD].
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
