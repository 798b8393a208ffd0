package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// Brings a table into order before it is used: exactly one `compact_rev_key` row, as kine makes it. In an empty
/// table that row takes revision 1, so that the first change gets 2, as in etcd.
final class Opening {
    private static final String COUNT_COMPACT = "SELECT COUNT(*) FROM kine WHERE name = '" + Row.COMPACT_ROW + "'";
    /// The one with the highest compaction revision; old versions of kine could leave several.
    private static final String KEEP_ONE = "DELETE FROM kine WHERE name = '" + Row.COMPACT_ROW + "' AND id <>"
            + " (SELECT id FROM (SELECT id FROM kine WHERE name = '" + Row.COMPACT_ROW
            + "' ORDER BY prev_revision DESC, id LIMIT 1) AS kept)";
    private final SqlDialect dialect;
    private final Connection connection;
    private long newest;
    private long compactRevision;

    Opening(SqlDialect dialect, Connection connection) {
        this.dialect = dialect;
        this.connection = connection;
    }

    /// In one transaction under the lock, as several servers may open an empty table at once.
    ///
    /// @throws SQLException when the table is no log or may not be written
    void prepare() throws SQLException {
        Reader reader = new Reader(connection, 0);
        dialect.begin(connection);
        newest = dialect.highestRevision(connection);
        long rows = reader.number(COUNT_COMPACT);
        if (rows == 0) {
            newest++;
            dialect.inserter(connection).commit(List.of(Row.compaction(newest, 0)), newest);
        } else {
            if (rows > 1) {
                reader.update(KEEP_ONE);
            }
            dialect.commit(connection);
        }
        compactRevision = reader.number(Statements.COMPACT_REVISION);
    }

    /// The revision to go on from; also when its row has gone.
    long newest() {
        return newest;
    }

    /// As recorded in the table, 0 before the first compaction.
    long compactRevision() {
        return compactRevision;
    }
}
