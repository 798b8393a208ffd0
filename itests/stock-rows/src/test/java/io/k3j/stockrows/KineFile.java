package io.k3j.stockrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// kine's SQLite file, by SQL alone (<https://github.com/k3s-io/kine>).
final class KineFile implements AutoCloseable {
    private static final String TABLE = """
            CREATE TABLE IF NOT EXISTS kine
            (
              id INTEGER PRIMARY KEY AUTOINCREMENT,
              name TEXT,
              created INTEGER,
              deleted INTEGER,
              create_revision INTEGER,
              prev_revision INTEGER,
              lease INTEGER,
              value BLOB,
              old_value BLOB
            )""";
    private static final List<String> INDEXES = List.of("INDEX IF NOT EXISTS kine_name_index ON kine (name)",
            "INDEX IF NOT EXISTS kine_name_id_index ON kine (name, id)",
            "INDEX IF NOT EXISTS kine_id_deleted_index ON kine (id, deleted)",
            "INDEX IF NOT EXISTS kine_prev_revision_index ON kine (prev_revision)",
            "UNIQUE INDEX IF NOT EXISTS kine_name_prev_revision_uindex ON kine (name, prev_revision)",
            "INDEX IF NOT EXISTS kine_id_compact_rev_key_with_prev_revision_index ON kine (id, name, prev_revision)"
                    + " WHERE name != 'compact_rev_key' AND prev_revision != 0");
    private static final String FORM = """
            SELECT 'column ' || name || ' ' || upper(type) || CASE pk WHEN 0 THEN '' ELSE ' key' END
              FROM pragma_table_info('kine')
            UNION ALL SELECT 'index ' || CASE l."unique" WHEN 0 THEN '' ELSE 'unique ' END || l.name || ': '
              || (SELECT group_concat(i.name, ' ') FROM pragma_index_info(l.name) AS i)
              FROM pragma_index_list('kine') AS l""";
    private static final String COLUMNS = "name, created, deleted, create_revision, prev_revision, lease, value,"
            + " old_value";

    private final Connection connection;

    private KineFile(Connection connection) {
        this.connection = connection;
    }

    static KineFile open(Path file) throws SQLException {
        return new KineFile(DriverManager.getConnection("jdbc:sqlite:" + file));
    }

    /// What kine does at each of its starts.
    void makeSchema() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
            for (String index : INDEXES) {
                statement.execute("CREATE " + index);
            }
        }
    }

    /// One row of the table.
    /// @param id its revision; 0 for the next one
    record Row(long id, String name, boolean created, boolean deleted, long createRevision, long prevRevision,
            long lease, byte @Nullable [] value, byte @Nullable [] oldValue) {
        @Override
        public boolean equals(@Nullable Object o) {
            return o instanceof Row r && id == r.id && name.equals(r.name) && Arrays.equals(value, r.value);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    Row create(String name, long lease, byte[] value) throws SQLException {
        return insert(new Row(0, name, true, false, 0, 0, lease, value, null));
    }

    Row update(Row before, byte[] value) throws SQLException {
        return insert(new Row(0, before.name, false, false, first(before), before.id, before.lease, value,
                before.value));
    }

    Row delete(Row before) throws SQLException {
        return insert(new Row(0, before.name, false, true, first(before), before.id, before.lease, before.value,
                before.value));
    }

    Row createAgain(Row tombstone, byte[] value) throws SQLException {
        return insert(new Row(0, tombstone.name, true, false, 0, tombstone.id, 0, value, tombstone.value));
    }

    /// A revision that never became visible, as kine fills it.
    void gap() throws SQLException {
        long id = highest() + 1;
        insert(new Row(id, "gap-" + id, false, true, 0, 0, 0, null, null));
    }

    private static long first(Row before) {
        return before.created ? before.id : before.createRevision;
    }

    private long highest() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT MAX(id) FROM kine")) {
            result.next();
            return result.getLong(1);
        }
    }

    Row insert(Row row) throws SQLException {
        String sql = row.id == 0 ? "INSERT INTO kine (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                : "INSERT INTO kine (" + COLUMNS + ", id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, " + row.id + ")";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setString(1, row.name);
            insert.setInt(2, row.created ? 1 : 0);
            insert.setInt(3, row.deleted ? 1 : 0);
            insert.setLong(4, row.createRevision);
            insert.setLong(5, row.prevRevision);
            insert.setLong(6, row.lease);
            insert.setBytes(7, row.value);
            insert.setBytes(8, row.oldValue);
            insert.executeUpdate();
        }
        return new Row(highest(), row.name, row.created, row.deleted, row.createRevision, row.prevRevision, row.lease,
                row.value, row.oldValue);
    }

    /// What kine's compaction does: superseded rows and tombstones up to `revision` go.
    void compact(long revision) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM kine WHERE id IN (SELECT prev_revision FROM kine WHERE name <>"
                    + " 'compact_rev_key' AND prev_revision <> 0 AND id <= " + revision + " UNION SELECT id FROM kine"
                    + " WHERE name <> 'compact_rev_key' AND deleted <> 0 AND id <= " + revision + ")");
            statement.execute("UPDATE kine SET prev_revision = " + revision + " WHERE name = 'compact_rev_key'");
        }
    }

    /// All rows in the order of their revisions.
    List<Row> rows() throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT id, " + COLUMNS + " FROM kine ORDER BY id")) {
            while (r.next()) {
                rows.add(new Row(r.getLong(1), r.getString(2), r.getBoolean(3), r.getBoolean(4), r.getLong(5),
                        r.getLong(6), r.getLong(7), r.getBytes(8), r.getBytes(9)));
            }
        }
        return rows;
    }

    /// What `.schema` of the `sqlite3` shell prints, without its layout.
    List<String> schema() throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")) {
            while (r.next()) {
                lines.add(r.getString(1).replaceAll("\\s+", " ").replace("( ", "(").replace(" )", ")")
                        .replace("kine(", "kine ("));
            }
        }
        return lines;
    }

    /// Columns and indexes, a line each, as `kine-form.txt` has them.
    List<String> form() throws SQLException {
        return lines(FORM);
    }

    /// The rows of a name, a line each, as `kine-form.txt` has them: `#2` is the second of them, `-` nothing.
    List<String> rows(String name) throws SQLException {
        List<Row> rows = rows().stream().filter(row -> row.name.equals(name)).toList();
        List<Long> ids = rows.stream().map(Row::id).toList();
        return rows.stream()
                .map(row -> String.join(" ", "row", row.created ? "created" : row.deleted ? "deleted" : "updated",
                        reference(ids, row.createRevision), reference(ids, row.prevRevision), "" + row.lease,
                        text(row.value), text(row.oldValue)))
                .toList();
    }

    private static String reference(List<Long> ids, long id) {
        return id == 0 ? "-" : ids.contains(id) ? "#" + (ids.indexOf(id) + 1) : "another";
    }

    private static String text(byte @Nullable [] value) {
        return value == null || value.length == 0 ? "-" : new String(value, StandardCharsets.UTF_8);
    }

    private List<String> lines(String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet r = statement.executeQuery(sql)) {
            while (r.next()) {
                lines.add(r.getString(1));
            }
        }
        return lines;
    }

    /// What SQLite itself finds wrong with the file.
    String integrity() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet r = statement.executeQuery("PRAGMA integrity_check")) {
            return r.next() ? r.getString(1) : "";
        }
    }

    static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
