package io.k3j.datastoresqlite;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// Kine's table and its unique index (<https://github.com/k3s-io/kine>). Kine creates its other indexes itself.
final class Schema {
    private static final String TABLE = "CREATE TABLE IF NOT EXISTS kine (id INTEGER PRIMARY KEY AUTOINCREMENT,"
            + " name TEXT, created INTEGER, deleted INTEGER, create_revision INTEGER, prev_revision INTEGER,"
            + " lease INTEGER, value BLOB, old_value BLOB)";
    private static final String UNIQUE = "kine_name_prev_revision_uindex";
    private static final String UNIQUE_INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS " + UNIQUE
            + " ON kine (name, prev_revision)";
    private static final String PRESENT = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'kine'";
    private static final String COLUMNS = "SELECT id, name, created, deleted, create_revision, prev_revision, lease,"
            + " value, old_value FROM kine WHERE id = 0";
    private static final String SECONDARY = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'kine'"
            + " AND sql IS NOT NULL AND name <> '" + UNIQUE + "'";
    private static final String HIGHEST = "SELECT MAX((SELECT COALESCE(MAX(id), 0) FROM kine),"
            + " COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'kine'), 0))";

    private Schema() {
    }

    /// Creates the table in an empty database, with write-ahead logging. Does not change an unusable file.
    static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            check(statement);
            statement.execute("PRAGMA page_size=4096");
            try (ResultSet mode = statement.executeQuery("PRAGMA journal_mode=WAL")) {
                if (!mode.next() || !"wal".equalsIgnoreCase(mode.getString(1))) {
                    throw new SQLException("the file system does not allow a write-ahead log");
                }
            }
            statement.execute(TABLE);
            statement.execute(UNIQUE_INDEX);
        }
    }

    private static void check(Statement statement) throws SQLException {
        boolean present;
        try (ResultSet result = statement.executeQuery(PRESENT)) {
            present = result.next() && result.getInt(1) > 0;
        }
        if (present) {
            statement.executeQuery(COLUMNS).close();
        }
    }

    /// The highest id ever used; `sqlite_sequence` keeps it after its row was compacted.
    static long highest(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(HIGHEST)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /// Drops all indexes except the unique one.
    static void dropSecondaryIndexes(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet result = statement.executeQuery(SECONDARY)) {
                while (result.next()) {
                    names.add(result.getString(1));
                }
            }
            for (String name : names) {
                statement.execute("DROP INDEX \"" + name.replace("\"", "\"\"") + "\"");
            }
        }
    }
}
