package io.k3j.sqllog;

/// The log's questions in plain SQL. Each is answered from the primary key or the index on (name, prev_revision),
/// in their order, without sorting. The words are those that SQLite, MySQL, MariaDB and PostgreSQL have in common.
final class Statements {
    private static final String COLUMNS = "kv.id, kv.name, kv.created, kv.deleted, kv.create_revision,"
            + " kv.prev_revision, kv.lease, kv.value";
    /// `id + 0` in what follows keeps the planner of SQLite and MySQL from choosing the primary key where the other
    /// index serves.
    private static final String SELECT = "SELECT " + COLUMNS + " FROM kine AS kv";

    /// A key's newest row, tombstones included: (name). Along the rows of a name `prev_revision` grows as `id` does.
    /// One step in the index on (name, prev_revision), however many rows a key has.
    static final String NEWEST = SELECT + " WHERE kv.name = ? ORDER BY kv.prev_revision DESC LIMIT 1";

    /// A key's row as of a revision: (name, revision).
    static final String AS_OF = SELECT
            + " WHERE kv.name = ? AND kv.id + 0 <= ? ORDER BY kv.prev_revision DESC LIMIT 1";

    /// A row is live at a revision when it is not deleted and no row of its name up to that revision follows it.
    private static final String LIVE = " AND kv.name < ? AND kv.id + 0 <= ? AND kv.deleted = 0"
            + " AND kv.name <> '" + Row.COMPACT_ROW + "' AND NOT EXISTS (SELECT 1 FROM kine AS later"
            + " WHERE later.name = kv.name AND later.prev_revision = kv.id AND later.id + 0 <= ?)";

    private static final String FROM = " WHERE kv.name >= ?";
    private static final String AFTER = " WHERE kv.name > ?";

    /// Live keys as of a revision: (from, below, revision, revision, limit).
    static final String RANGE = SELECT + FROM + LIVE + " ORDER BY kv.name LIMIT ?";

    /// The same without `from` itself.
    static final String RANGE_AFTER = SELECT + AFTER + LIVE + " ORDER BY kv.name LIMIT ?";

    private static final String WEIGH = "SELECT COALESCE(LENGTH(kv.value), 0) FROM kine AS kv";

    /// How many bytes the rows of [#RANGE] bring along, with its parameters.
    static final String RANGE_WEIGHTS = WEIGH + FROM + LIVE + " ORDER BY kv.name LIMIT ?";

    /// The same of [#RANGE_AFTER].
    static final String RANGE_AFTER_WEIGHTS = WEIGH + AFTER + LIVE + " ORDER BY kv.name LIMIT ?";

    /// Their number: (from, below, revision, revision).
    static final String COUNT = "SELECT COUNT(*) FROM kine AS kv" + FROM + LIVE;

    /// The log, with old values: (after, up to, limit).
    static final String LOG = "SELECT " + COLUMNS + ", kv.old_value FROM kine AS kv"
            + " WHERE kv.id > ? AND kv.id <= ? ORDER BY kv.id LIMIT ?";

    /// Columns as in `COLUMNS`, without values: what is scanned is not read from the pages of values.
    private static final String BARE = "SELECT kv.id, kv.name, kv.created, kv.deleted, kv.create_revision,"
            + " kv.prev_revision, kv.lease, NULL FROM kine AS kv";

    /// The log without values: (after, limit).
    static final String SCAN = BARE + " WHERE kv.id > ? ORDER BY kv.id LIMIT ?";

    /// How many bytes the rows of the log bring along: (after, up to, limit).
    static final String WEIGHTS = "SELECT COALESCE(LENGTH(kv.value), 0) + COALESCE(LENGTH(kv.old_value), 0)"
            + " FROM kine AS kv WHERE kv.id > ? AND kv.id <= ? ORDER BY kv.id LIMIT ?";

    /// kine keeps it in `prev_revision` of one row.
    static final String COMPACT_REVISION = "SELECT MAX(prev_revision) FROM kine WHERE name = '" + Row.COMPACT_ROW + "'";
    /// Moves it forward: (revision, revision).
    static final String SET_COMPACT_REVISION = "UPDATE kine SET prev_revision = ? WHERE name = '" + Row.COMPACT_ROW
            + "' AND prev_revision < ?";

    private Statements() {
    }

    /// Rows without values, by so many ids.
    static String named(int ids) {
        return BARE + " WHERE kv.id IN (" + marks(ids) + ")";
    }

    /// Deletes rows by so many ids.
    static String delete(int ids) {
        return "DELETE FROM kine WHERE id IN (" + marks(ids) + ")";
    }

    /// Each number of marks is another statement for the database to prepare.
    private static String marks(int count) {
        return "?" + ",?".repeat(count - 1);
    }
}
