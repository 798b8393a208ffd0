package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Inserts rows many at a time by a few statements that stay prepared, where an exchange with the database costs
/// nothing. A statement of several rows carries no more than two megabytes.
final class Inserts implements Inserter {
    private static final int[] SIZES = {128, 16, 1};
    private static final long MAX_BYTES = 2L << 20;
    private static final int COLUMNS = 9;
    private final PreparedStatement[] statements = new PreparedStatement[SIZES.length];
    private final SqlDialect dialect;
    private final Connection connection;

    Inserts(SqlDialect dialect, Connection connection) throws SQLException {
        this.dialect = dialect;
        this.connection = connection;
        for (int i = 0; i < SIZES.length; i++) {
            statements[i] = connection.prepareStatement(sql(SIZES[i]));
        }
    }

    private static String sql(int rows) {
        return "INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, old_value)"
                + " VALUES " + String.join(",", Collections.nCopies(rows, "(?,?,?,?,?,?,?,?,?)"));
    }

    @Override
    public void commit(List<Row> rows, long revision) throws SQLException {
        insert(rows);
        dialect.commit(connection);
    }

    private void insert(List<Row> rows) throws SQLException {
        int at = 0;
        for (int i = 0; i < SIZES.length; i++) {
            while (rows.size() - at >= SIZES[i] && (SIZES[i] == 1 || fits(rows.subList(at, at + SIZES[i])))) {
                insert(statements[i], rows.subList(at, at + SIZES[i]));
                at += SIZES[i];
            }
        }
    }

    private static boolean fits(List<Row> rows) {
        long bytes = 0;
        for (Row row : rows) {
            byte[] old = row.oldValue();
            bytes += row.bytes().length + (old == null ? 0 : old.length);
        }
        return bytes <= MAX_BYTES;
    }

    private static void insert(PreparedStatement statement, List<Row> rows) throws SQLException {
        for (int i = 0; i < rows.size(); i++) {
            bind(statement, i * COLUMNS, rows.get(i));
        }
        statement.executeUpdate();
    }

    private static void bind(PreparedStatement statement, int offset, Row row) throws SQLException {
        statement.setLong(offset + 1, row.id());
        statement.setString(offset + 2, row.name());
        statement.setInt(offset + 3, row.created() ? 1 : 0);
        statement.setInt(offset + 4, row.deleted() ? 1 : 0);
        statement.setLong(offset + 5, row.createRevision());
        statement.setLong(offset + 6, row.prevRevision());
        statement.setLong(offset + 7, row.lease());
        bytes(statement, offset + 8, row.value());
        bytes(statement, offset + 9, row.oldValue());
    }

    private static void bytes(PreparedStatement statement, int column, byte @Nullable [] bytes) throws SQLException {
        if (bytes == null) {
            statement.setNull(column, Types.BINARY);
        } else {
            statement.setBytes(column, bytes);
        }
    }
}
