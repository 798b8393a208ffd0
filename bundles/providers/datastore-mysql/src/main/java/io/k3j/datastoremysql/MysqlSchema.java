package io.k3j.datastoremysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Kine's table and its unique index (<https://github.com/k3s-io/kine>); creates the database when it is
/// missing.
///
/// An existing table is changed only while no other program uses its database: stock kine needs its indexes and
/// may be running. Optional changes are left out in that case; for required ones the start waits. A user
/// without the privilege PROCESS does not see other users' sessions: then others are assumed to be active.
///
/// There is one difference: kine's column of names is ASCII and compares case-insensitively. This one holds any
/// name and compares bytes, and a table of kine is converted to it; stock K3s works with it as it is.
final class MysqlSchema {
    private static final int NO_DATABASE = 1049;
    private static final int COLUMN_MISSING_KEY = 1091;
    private static final String UNIQUE = "kine_name_prev_revision_uindex";
    private static final String NAME = "name VARCHAR(630) CHARACTER SET utf8mb4 COLLATE ";
    private static final String COLLATION = "SELECT collation_name FROM information_schema.collations"
            + " WHERE collation_name IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin', 'utf8mb4_bin')"
            + " ORDER BY LENGTH(collation_name) DESC LIMIT 1";
    private static final String PRESENT = "SELECT COALESCE(MAX(collation_name), '') FROM information_schema.columns"
            + " WHERE table_schema = DATABASE() AND table_name = 'kine' AND column_name = 'name'";
    private static final String COLUMNS = "SELECT id, name, created, deleted, create_revision, prev_revision, lease,"
            + " value, old_value FROM kine LIMIT 0";
    private static final String DUPLICATES = "SELECT 1 FROM kine GROUP BY CAST(name AS BINARY), prev_revision"
            + " HAVING COUNT(*) > 1 LIMIT 1";
    private static final String INDEXES = "SELECT DISTINCT index_name FROM information_schema.statistics"
            + " WHERE table_schema = DATABASE() AND table_name = 'kine' AND index_name <> 'PRIMARY'";
    /// The sessions of other programs: those that neither wait for the lock nor follow the log.
    private static final String OTHERS = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()"
            + " AND id <> CONNECTION_ID() AND COALESCE(info, '') NOT LIKE '%GET_LOCK%k3j-%'";
    /// Whether [#OTHERS] shows the sessions of all users.
    private static final String HAS_PROCESS = "SELECT COUNT(*) FROM information_schema.user_privileges"
            + " WHERE privilege_type = 'PROCESS' AND REPLACE(grantee, '''', '') = CURRENT_USER()";
    private static final String NARROW = "SELECT COUNT(*) FROM information_schema.columns WHERE"
            + " table_schema = DATABASE() AND table_name = 'kine' AND column_name IN"
            + " ('id', 'create_revision', 'prev_revision') AND data_type = 'int'";
    private static final String WIDEN = "ALTER TABLE kine MODIFY COLUMN id BIGINT UNSIGNED AUTO_INCREMENT NOT NULL,"
            + " MODIFY COLUMN create_revision BIGINT UNSIGNED, MODIFY COLUMN prev_revision BIGINT UNSIGNED";

    private final MysqlConnections connections;
    private final boolean keepSecondaryIndexes;

    MysqlSchema(MysqlConnections connections, boolean keepSecondaryIndexes) {
        this.connections = connections;
        this.keepSecondaryIndexes = keepSecondaryIndexes;
    }

    /// Creates what is missing. Several servers may do so concurrently: one waits for the other.
    void prepare() throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            if (!ready(statement)) {
                text(statement, MysqlDialect.LOCK_LONG);
                try {
                    create(statement);
                } finally {
                    statement.execute(MysqlDialect.UNLOCK);
                }
            }
        }
    }

    private boolean ready(Statement statement) throws SQLException {
        List<String> indexes = texts(statement, INDEXES);
        return text(statement, PRESENT).equals(text(statement, COLLATION)) && indexes.contains(UNIQUE)
                && (keepSecondaryIndexes || indexes.size() == 1) && "0".equals(text(statement, NARROW));
    }

    private void create(Statement statement) throws SQLException {
        String collation = text(statement, COLLATION);
        String present = text(statement, PRESENT);
        boolean sessionsVisible = !"0".equals(text(statement, HAS_PROCESS));
        boolean alone = present.isEmpty() || sessionsVisible && "0".equals(text(statement, OTHERS));
        if (!present.isEmpty()) {
            check(statement);
            if (!alone && !(present.equals(collation) && "0".equals(text(statement, NARROW)))) {
                throw new SQLException("the table kine was made by another program, and "
                        + (sessionsVisible
                                ? "other sessions are in its database: its columns are not changed under them"
                                : "this user does not see whether others use it: its columns are not changed"),
                        "HY000", sessionsVisible ? MysqlErrors.IN_USE : MysqlErrors.UNSEEN);
            }
        }
        if (present.isEmpty()) {
            statement.execute("CREATE TABLE IF NOT EXISTS kine (id BIGINT UNSIGNED AUTO_INCREMENT, " + NAME + collation
                    + ", created INTEGER, deleted INTEGER, create_revision BIGINT UNSIGNED,"
                    + " prev_revision BIGINT UNSIGNED, lease INTEGER, value MEDIUMBLOB, old_value MEDIUMBLOB,"
                    + " PRIMARY KEY (id)) ENGINE=InnoDB ROW_FORMAT=DYNAMIC");
        } else if (!present.equals(collation)) {
            // rows of an older format have no room for an index on such long names
            statement.execute("ALTER TABLE kine MODIFY " + NAME + collation + ", ROW_FORMAT=DYNAMIC");
        }
        if (!"0".equals(text(statement, NARROW))) {
            statement.execute(WIDEN);
        }
        List<String> indexes = texts(statement, INDEXES);
        if (!indexes.contains(UNIQUE)) {
            statement.execute("CREATE UNIQUE INDEX " + UNIQUE + " ON kine (name, prev_revision)");
        }
        for (String index : indexes) {
            if (alone && !keepSecondaryIndexes && !index.equals(UNIQUE)) {
                drop(statement, index);
            }
        }
    }

    /// Checks that it is kine's table, before anything is changed.
    private static void check(Statement statement) throws SQLException {
        statement.executeQuery(COLUMNS).close();
        if (!texts(statement, INDEXES).contains(UNIQUE) && !texts(statement, DUPLICATES).isEmpty()) {
            throw new SQLException("the table kine holds two rows of one name that follow the same row", "23000",
                    MysqlErrors.CONTRADICTION);
        }
    }

    private static void drop(Statement statement, String index) throws SQLException {
        try {
            statement.execute("DROP INDEX `" + index.replace("`", "``") + "` ON kine");
        } catch (SQLException e) {
            if (e.getErrorCode() != COLUMN_MISSING_KEY) {
                throw e;
            }
        }
    }

    private Connection connect() throws SQLException {
        try {
            return connections.open(0, "");
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_DATABASE) {
                throw e;
            }
            try (Connection server = connections.openServer(); Statement statement = server.createStatement()) {
                statement.execute("CREATE DATABASE IF NOT EXISTS `"
                        + connections.endpoint().database().replace("`", "``") + "`");
            }
            return connections.open(0, "");
        }
    }

    private static String text(Statement statement, String sql) throws SQLException {
        List<String> found = texts(statement, sql);
        return found.isEmpty() ? "" : found.getFirst();
    }

    private static List<String> texts(Statement statement, String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                found.add(String.valueOf(result.getString(1)));
            }
        }
        return found;
    }
}
