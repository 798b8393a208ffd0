package io.k3j.datastorepostgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Kine's table and its unique index (<https://github.com/k3s-io/kine>); creates the database when it is
/// missing. Tables older than May 2024 get kine's wider columns and byte order of names. Kine creates its other
/// indexes itself.
///
/// An existing table is changed only while no other program uses its database: stock kine needs its indexes and
/// may be running. Optional changes are left out in that case; for required ones the start waits.
final class PostgresSchema {
    private static final String NO_DATABASE = "3D000";
    private static final String DATABASE_EXISTS = "42P04";
    private static final String DUPLICATE = "23505";
    private static final String UNIQUE = "kine_name_prev_revision_uindex";
    private static final List<String> CREATE = List.of(
            "CREATE TABLE IF NOT EXISTS kine (id BIGSERIAL PRIMARY KEY, name TEXT COLLATE \"C\", created INTEGER,"
                    + " deleted INTEGER, create_revision BIGINT, prev_revision BIGINT, lease INTEGER, value bytea,"
                    + " old_value bytea)",
            "CREATE UNIQUE INDEX IF NOT EXISTS " + UNIQUE + " ON kine (name, prev_revision)");
    private static final String TABLE = "SELECT to_regclass('kine') IS NOT NULL";
    private static final String COLUMNS = "SELECT id, name, created, deleted, create_revision, prev_revision, lease,"
            + " value, old_value FROM kine LIMIT 0";
    private static final String PRESENT = "SELECT to_regclass('kine') IS NOT NULL AND to_regclass('" + UNIQUE
            + "') IS NOT NULL";
    private static final String OUTDATED = "SELECT EXISTS (SELECT 1 FROM pg_attribute a LEFT JOIN pg_collation c"
            + " ON c.oid = a.attcollation WHERE a.attrelid = to_regclass('kine') AND (a.attname IN"
            + " ('id', 'create_revision', 'prev_revision') AND a.atttypid = 'int4'::regtype"
            + " OR a.attname = 'name' AND c.collname <> 'C'))";
    private static final List<String> WIDEN = List.of("ALTER TABLE kine ALTER COLUMN id TYPE BIGINT",
            "ALTER TABLE kine ALTER COLUMN create_revision TYPE BIGINT",
            "ALTER TABLE kine ALTER COLUMN prev_revision TYPE BIGINT",
            "ALTER TABLE kine ALTER COLUMN name TYPE TEXT COLLATE \"C\"", "ALTER SEQUENCE kine_id_seq AS BIGINT");
    private static final String SECONDARY = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
            + " AND tablename = 'kine' AND indexname LIKE 'kine\\_%\\_index' AND indexname <> '" + UNIQUE + "'";
    /// Whether no session of another program is in the database.
    private static final String ALONE = "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname ="
            + " current_database() AND pid <> pg_backend_pid() AND COALESCE(application_name, '') <> 'k3j'"
            + " AND COALESCE(backend_type, '') NOT IN ('autovacuum worker', 'parallel worker'))";

    private final PostgresConnections connections;
    private final boolean keepSecondaryIndexes;

    PostgresSchema(PostgresConnections connections, boolean keepSecondaryIndexes) {
        this.connections = connections;
        this.keepSecondaryIndexes = keepSecondaryIndexes;
    }

    /// Creates what is missing. Several servers may do so concurrently.
    void prepare() throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            if (queryBoolean(statement, TABLE)) {
                statement.executeQuery(COLUMNS).close();
            }
            if (!queryBoolean(statement, PRESENT)) {
                create(connection, statement);
            }
            boolean alone = queryBoolean(statement, ALONE);
            if (queryBoolean(statement, OUTDATED)) {
                if (!alone) {
                    throw new SQLException("the table kine was made by an old kine, and other sessions are in its"
                            + " database: its columns are not changed under them", PostgresErrors.IN_USE);
                }
                for (String sql : WIDEN) {
                    statement.execute(sql);
                }
            }
            if (alone && !keepSecondaryIndexes) {
                dropSecondaryIndexes(statement);
            }
        }
    }

    private Connection connect() throws SQLException {
        try {
            return connections.open(0);
        } catch (SQLException e) {
            if (!NO_DATABASE.equals(e.getSQLState())) {
                throw e;
            }
            createDatabase();
            return connections.open(0);
        }
    }

    private void createDatabase() throws SQLException {
        PostgresEndpoint endpoint = connections.endpoint();
        try (Connection connection = connections.open(endpoint.database("postgres"), 0);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE \"" + endpoint.database().replace("\"", "\"\"") + "\"");
        } catch (SQLException e) {
            if (!DATABASE_EXISTS.equals(e.getSQLState()) && !DUPLICATE.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private static void create(Connection connection, Statement statement) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement lock = connection.prepareStatement(PostgresDialect.LOCK)) {
            lock.execute();
        }
        for (String sql : CREATE) {
            execute(statement, sql);
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static void execute(Statement statement, String sql) throws SQLException {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            if (!DUPLICATE.equals(e.getSQLState()) || !String.valueOf(e.getMessage()).contains(UNIQUE)) {
                throw e;
            }
            throw new SQLException("the table kine holds two rows of one name that follow the same row",
                    PostgresErrors.CONTRADICTION, e);
        }
    }

    private static boolean queryBoolean(Statement statement, String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            return result.next() && result.getBoolean(1);
        }
    }

    private static void dropSecondaryIndexes(Statement statement) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet result = statement.executeQuery(SECONDARY)) {
            while (result.next()) {
                names.add(result.getString(1));
            }
        }
        for (String name : names) {
            statement.execute("DROP INDEX IF EXISTS \"" + name + "\"");
        }
    }
}
