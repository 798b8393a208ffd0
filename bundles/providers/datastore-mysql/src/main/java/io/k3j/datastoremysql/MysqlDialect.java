package io.k3j.datastoremysql;

import io.k3j.sqllog.Inserter;
import io.k3j.sqllog.Newest;
import io.k3j.sqllog.ServerDialect;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// The MariaDB and MySQL dialect of `sql-log`.
final class MysqlDialect extends ServerDialect {
    /// Lock names are server-wide, hence the hash of the database's name; 64 characters at most.
    private static final String NAME = "CONCAT('k3j-', SHA1(DATABASE()))";
    static final String LOCK_LONG = "SELECT GET_LOCK(" + NAME + ", 3600)";
    static final String UNLOCK = "DO RELEASE_LOCK(" + NAME + ")";
    /// This wait and the following one for the table fit into the writer's time limit, so that the cause is
    /// known when it expires.
    private static final String BEGIN = "SELECT GET_LOCK(" + NAME + ", 0.7); BEGIN; " + Newest.QUESTION;
    /// Ends a transaction and releases the lock.
    static final String COMMIT = "COMMIT; " + UNLOCK;
    /// Short waits for row locks of other sessions; an idle session ends soon, and with it the lock of a frozen
    /// server.
    private static final String LIMITS = "innodb_lock_wait_timeout=1,lock_wait_timeout=1,wait_timeout=3";
    /// Without a limit each abandoned session would keep waiting in the database as long as another session
    /// holds the table. One that was only idle is replaced by the next question.
    private static final String READER_LIMITS = "innodb_lock_wait_timeout=2,lock_wait_timeout=1,wait_timeout=60";
    /// MySQL has no limit on transactions that are idle, only one on sessions.
    private static final String STEP_BEGINS = "SET wait_timeout = 2";
    private static final String STEP_OVER = "SET wait_timeout = 60";
    private static final int BUSY_MILLIS = 5;
    private static final int IDLE_MILLIS = 100;
    private static final String SIZE = "SELECT COALESCE(SUM(data_length + index_length), 0)"
            + " FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'kine'";
    private final MysqlConnections connections;
    private final MysqlSchema schema;

    MysqlDialect(MysqlConnections connections, boolean keepSecondaryIndexes) {
        super(new MysqlErrors(), MysqlDurability.SETTINGS);
        this.connections = connections;
        schema = new MysqlSchema(connections, keepSecondaryIndexes);
    }

    @Override
    public String place() {
        return connections.endpoint().place();
    }

    /// Doubles from one poll to the next.
    @Override
    public Duration rest(int quiet) {
        return Duration.ofMillis(Math.min(IDLE_MILLIS, (long) BUSY_MILLIS << Math.min(quiet, 5)));
    }

    @Override
    protected void prepare() throws SQLException {
        schema.prepare();
    }

    @Override
    protected Connection writer() throws SQLException {
        return connections.writing(WRITER_MILLIS, LIMITS);
    }

    @Override
    public Connection openReader() throws SQLException {
        return connections.open(READER_MILLIS, READER_LIMITS);
    }

    /// One round trip. The newest row is read by a statement of its own, hence after the lock was acquired.
    @Override
    protected Newest lock(Connection writer) throws SQLException {
        try (Statement all = writer.createStatement()) {
            all.execute(BEGIN);
            try (ResultSet lock = all.getResultSet()) {
                if (!lock.next() || lock.getInt(1) != 1) {
                    throw new SQLException("another server holds the lock of the log", "HY000", MysqlErrors.NO_LOCK);
                }
            }
            all.getMoreResults();
            all.getMoreResults();
            try (ResultSet newest = all.getResultSet()) {
                return Newest.of(newest);
            }
        }
    }

    @Override
    public Inserter inserter(Connection writer) {
        return new MysqlInserter(writer);
    }

    @Override
    public void commit(Connection writer) throws SQLException {
        execute(writer, COMMIT);
    }

    @Override
    public void rollback(Connection writer) throws SQLException {
        execute(writer, "ROLLBACK; " + UNLOCK);
    }

    @Override
    public void step(Connection reader, boolean begins) throws SQLException {
        execute(reader, begins ? STEP_BEGINS : STEP_OVER);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public long size() throws SQLException {
        try (Connection connection = connections.open(READER_MILLIS, "")) {
            return number(connection, SIZE);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
