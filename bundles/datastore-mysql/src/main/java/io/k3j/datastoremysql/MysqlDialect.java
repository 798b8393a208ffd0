package io.k3j.datastoremysql;

import io.k3j.sqllog.Inserter;
import io.k3j.sqllog.Newest;
import io.k3j.sqllog.ServerDialect;
import io.k3j.sqllog.Trouble;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// MariaDB and MySQL as `sql-log` sees them.
final class MysqlDialect extends ServerDialect {
    /// Names are those of the whole server, hence the database's in it; 64 characters at most.
    private static final String NAME = "CONCAT('k3j-', SHA1(DATABASE()))";
    static final String LOCK_LONG = "SELECT GET_LOCK(" + NAME + ", 3600)";
    static final String UNLOCK = "DO RELEASE_LOCK(" + NAME + ")";
    /// The wait and the next one, for the table, fit into the patience, so that the reason is known when it ends.
    private static final String BEGIN = "SELECT GET_LOCK(" + NAME + ", 0.7); BEGIN; " + Newest.QUESTION;
    /// Ends a transaction and gives the lock back.
    static final String COMMIT = "COMMIT; " + UNLOCK;
    /// Another session's row locks are not waited for; an idle session ends soon, and with it a frozen server's lock.
    private static final String LIMITS = "innodb_lock_wait_timeout=1,lock_wait_timeout=1,wait_timeout=3";
    /// Else each session that is given up here would go on waiting there, for as long as somebody holds the table.
    private static final String READER_LIMITS = "lock_wait_timeout=1";
    private static final int BUSY_MILLIS = 5;
    private static final int IDLE_MILLIS = 100;
    private static final String SIZE = "SELECT COALESCE(SUM(data_length + index_length), 0)"
            + " FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'kine'";
    private final Connections connections;
    private final Schema schema;

    MysqlDialect(Connections connections, boolean keepSecondaryIndexes) {
        this.connections = connections;
        schema = new Schema(connections, keepSecondaryIndexes);
    }

    @Override
    public String place() {
        return connections.endpoint().place();
    }

    /// Doubles from one look to the next.
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
        Connection opened = connections.writing(WRITER_MILLIS, LIMITS);
        try {
            Durability.check(opened);
            return opened;
        } catch (SQLException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public Connection openReader() throws SQLException {
        return connections.open(READER_MILLIS, READER_LIMITS);
    }

    /// One exchange. The newest row is read by a statement of its own, hence after the lock was had.
    @Override
    protected Newest lock(Connection writer) throws SQLException {
        try (Statement all = writer.createStatement()) {
            all.execute(BEGIN);
            try (ResultSet lock = all.getResultSet()) {
                if (!lock.next() || lock.getInt(1) != 1) {
                    throw new SQLException("another server holds the lock of the log", "HY000", Errors.NO_LOCK);
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

    private static void execute(Connection writer, String sql) throws SQLException {
        try (Statement statement = writer.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public Trouble trouble(SQLException error) {
        return Errors.trouble(error);
    }

    @Override
    public boolean hopeless(SQLException error) {
        return Errors.hopeless(error);
    }

    @Override
    public String advice(SQLException error) {
        return Errors.advice(error);
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
