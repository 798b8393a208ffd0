package io.k3j.datastorepostgres;

import io.k3j.componentapi.Health;
import io.k3j.sqllog.Inserter;
import io.k3j.sqllog.Newest;
import io.k3j.sqllog.ServerDialect;
import java.io.Closeable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.postgresql.PGConnection;
import org.jspecify.annotations.Nullable;

/// The PostgreSQL dialect of `sql-log`.
final class PostgresDialect extends ServerDialect {
    /// Taken for each writing transaction; the database releases it at its end, also when the connection is
    /// lost.
    static final String LOCK = "SELECT pg_advisory_xact_lock(30250905671098981)";
    private static final String BEGIN = LOCK + "; " + Newest.QUESTION;
    /// Another server's group may hold the lock, and another session the table: two waits have to fit into the
    /// writer's time limit, so that the cause is known when it expires. The database ends the transaction of a
    /// frozen server.
    private static final String LIMITS = "SET lock_timeout = '700ms'; SET idle_in_transaction_session_timeout = '2s'";
    /// Without a limit each abandoned session would keep waiting in the database as long as another session
    /// holds the table. A step of compaction is a transaction of a reader: frozen within it, a server would keep all
    /// others from compacting.
    private static final String READER_LIMITS = "SET lock_timeout = '1s';"
            + " SET idle_in_transaction_session_timeout = '2s'";
    /// Every query has an index in its order; missing statistics of a new table would mislead the planner.
    private static final String PLANS = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off";
    private final PostgresConnections connections;
    private final PostgresSchema schema;
    private volatile @Nullable Listener listener;
    private volatile int session;
    private volatile boolean waitsForStandby;

    PostgresDialect(PostgresConnections connections, boolean keepSecondaryIndexes) {
        super(new PostgresErrors(), PostgresDurability.SETTINGS);
        this.connections = connections;
        schema = new PostgresSchema(connections, keepSecondaryIndexes);
    }

    @Override
    public String place() {
        return connections.endpoint().place();
    }

    @Override
    public Duration rest(int quiet) {
        Listener now = listener;
        return now != null && now.listening() ? Duration.ofSeconds(1) : Duration.ofMillis(20);
    }

    @Override
    public Closeable listen(LongConsumer onNews, Health health) {
        Listener started = new Listener(connections, own -> own == session, onNews, health);
        listener = started;
        started.start();
        return started;
    }

    @Override
    protected void prepare() throws SQLException {
        schema.prepare();
    }

    @Override
    protected Connection writer() throws SQLException {
        Connection opened = with(connections.openNewest(WRITER_MILLIS), LIMITS + "; " + PLANS);
        try {
            session = opened.unwrap(PGConnection.class).getBackendPID();
            waitsForStandby = number(opened, PostgresDurability.WAITS) != 0;
            return opened;
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
    }

    /// The server has a commit before its standby has it.
    @Override
    public boolean lastsOnceRead() {
        return !waitsForStandby;
    }

    @Override
    public Connection openReader() throws SQLException {
        return with(connections.open(READER_MILLIS), READER_LIMITS + "; " + PLANS);
    }

    private static Connection with(Connection connection, String settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(settings);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// One round trip: the driver sends its `BEGIN` before the first statement, and the second statement sees
    /// everything committed before the first got the lock.
    @Override
    protected Newest lock(Connection writer) throws SQLException {
        writer.setAutoCommit(false);
        try (PreparedStatement both = writer.prepareStatement(BEGIN)) {
            both.execute();
            both.getMoreResults();
            try (ResultSet newest = both.getResultSet()) {
                return Newest.of(newest);
            }
        }
    }

    @Override
    public Inserter inserter(Connection writer) {
        return new PostgresInserter(writer);
    }

    @Override
    public void commit(Connection writer) throws SQLException {
        writer.clearWarnings();
        writer.commit();
        PostgresDurability.checkConfirmed(writer.getWarnings());
        writer.setAutoCommit(true);
    }

    @Override
    public void rollback(Connection writer) throws SQLException {
        if (!writer.getAutoCommit()) {
            writer.rollback();
            writer.setAutoCommit(true);
        }
    }

    @Override
    public long size() throws SQLException {
        try (Connection connection = connections.open(READER_MILLIS)) {
            return number(connection, "SELECT pg_total_relation_size('kine')");
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
