package io.k3j.sqllog;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Entry;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One row of the table, as drivers insert it. Arrays are not copied; nobody changes them.
///
/// @param id the revision
/// @param name the key, or a name of the log's own
/// @param created whether the key was absent before
/// @param deleted a tombstone
/// @param createRevision as stored: 0 in a row that creates
/// @param prevRevision as stored: the row it replaces; in a row that creates the last tombstone, or 0
/// @param lease a time to live in seconds, 0 for none
/// @param value null where it was not read, or there is none
/// @param oldValue of the row it replaces; null where it was not read, or there is none
public record Row(long id, String name, boolean created, boolean deleted, long createRevision, long prevRevision,
        long lease, byte @Nullable [] value, byte @Nullable [] oldValue) {
    /// The row that keeps the compaction revision in its `prev_revision`, as kine has it.
    static final String COMPACT_ROW = "compact_rev_key";
    /// Beginning of the names of rows that only fill a hole in the numbering.
    static final String GAP = "gap-";
    /// What a statement begins with that inserts rows; a group of marks for each follows.
    public static final String INSERT = "INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision,"
            + " lease, value, old_value) VALUES ";
    /// The marks of one row.
    public static final String MARKS = "(?,?,?,?,?,?,?,?,?)";
    private static final int COLUMNS = 9;
    private static final byte[] NOTHING = {};

    /// A row that only fills a hole in the numbering, as kine makes it: deleted from the start, so that nobody sees
    /// it and a compaction takes it.
    static Row filler(long id) {
        return new Row(id, GAP + id, false, true, 0, 0, 0, null, null);
    }

    /// The row that keeps the compaction revision.
    static Row compaction(long id, long revision) {
        return new Row(id, COMPACT_ROW, true, false, 0, revision, 0, NOTHING, null);
    }

    /// Binds rows to a statement of that many [#MARKS], in their order.
    public static void bind(PreparedStatement statement, List<Row> rows) throws SQLException {
        int at = 1;
        for (Row row : rows) {
            row.bind(statement, at);
            at += COLUMNS;
        }
    }

    private void bind(PreparedStatement statement, int first) throws SQLException {
        statement.setLong(first, id);
        statement.setString(first + 1, name);
        statement.setInt(first + 2, created ? 1 : 0);
        statement.setInt(first + 3, deleted ? 1 : 0);
        statement.setLong(first + 4, createRevision);
        statement.setLong(first + 5, prevRevision);
        statement.setLong(first + 6, lease);
        bind(statement, first + 7, value);
        bind(statement, first + 8, oldValue);
    }

    private static void bind(PreparedStatement statement, int column, byte @Nullable [] bytes) throws SQLException {
        if (bytes == null) {
            statement.setNull(column, Types.BINARY);
        } else {
            statement.setBytes(column, bytes);
        }
    }

    /// How many bytes it brings along, its names and numbers left out.
    public long weight() {
        return (long) bytes().length + (oldValue == null ? 0 : oldValue.length);
    }

    /// Whether it says the same, the columns that only help others apart. Of `compact_rev_key` only id and name
    /// count, since its other columns change with every compaction.
    boolean same(Row other) {
        return id == other.id && name.equals(other.name)
                && (name.equals(COMPACT_ROW) || prevRevision == other.prevRevision && deleted == other.deleted
                        && Arrays.equals(bytes(), other.bytes()));
    }

    /// Whether a name belongs to the log itself.
    static boolean internal(String name) {
        return name.equals(COMPACT_ROW) || name.startsWith(GAP);
    }

    /// The first revision of the key's present life.
    long firstRevision() {
        return created ? id : createRevision;
    }

    /// Never null: an empty value may come back as null from a database.
    byte[] bytes() {
        return value == null ? NOTHING : value;
    }

    Entry entry() {
        return new Entry(name, bytes(), firstRevision(), id);
    }

    Head head() {
        return new Head(id, firstRevision(), deleted, value);
    }

    /// As a watch tells it. Only for rows that were read with their old values.
    Change change() {
        Optional<Entry> before = created ? Optional.empty()
                : Optional.of(new Entry(name, oldValue == null ? NOTHING : oldValue, createRevision, prevRevision));
        return new Change(name, id, firstRevision(), deleted ? null : bytes(), before);
    }
}
