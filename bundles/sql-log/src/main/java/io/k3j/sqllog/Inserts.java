package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Inserts rows with their ids: sixteen at a time, the rest one by one, by two statements that stay prepared.
final class Inserts {
    private static final int MANY = 16;
    private static final int COLUMNS = 9;
    private final PreparedStatement one;
    private final PreparedStatement many;

    Inserts(Connection connection) throws SQLException {
        one = connection.prepareStatement(sql(1));
        many = connection.prepareStatement(sql(MANY));
    }

    private static String sql(int rows) {
        return "INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease, value, old_value)"
                + " VALUES " + String.join(",", Collections.nCopies(rows, "(?,?,?,?,?,?,?,?,?)"));
    }

    void insert(List<Row> rows) throws SQLException {
        int at = 0;
        for (; rows.size() - at >= MANY; at += MANY) {
            for (int i = 0; i < MANY; i++) {
                bind(many, i * COLUMNS, rows.get(at + i));
            }
            many.executeUpdate();
        }
        for (; at < rows.size(); at++) {
            bind(one, 0, rows.get(at));
            one.executeUpdate();
        }
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
            statement.setNull(column, Types.BLOB);
        } else {
            statement.setBytes(column, bytes);
        }
    }
}
