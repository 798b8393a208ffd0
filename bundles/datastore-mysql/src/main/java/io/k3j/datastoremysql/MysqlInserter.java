package io.k3j.datastoremysql;

import io.k3j.sqllog.Inserter;
import io.k3j.sqllog.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Inserts, commits and gives the lock back in one exchange, as several statements in one packet: after an error the
/// server skips the rest. Rows of more than two megabytes go in packets before the last one, so that each fits what
/// servers take.
final class MysqlInserter implements Inserter {
    private static final String INSERT = "INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision,"
            + " lease, value, old_value) VALUES ";
    private static final String VALUES = "(?,?,?,?,?,?,?,?,?)";
    private static final long MAX_BYTES = 2L << 20;
    private static final int COLUMNS = 9;
    private final Connection connection;

    MysqlInserter(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void commit(List<Row> rows, long revision) throws SQLException {
        List<Row> left = rows;
        while (!left.isEmpty()) {
            int fitting = fitting(left);
            insert(left.subList(0, fitting), fitting == left.size() ? "; " + MysqlDialect.COMMIT : "");
            left = left.subList(fitting, left.size());
        }
    }

    private static int fitting(List<Row> rows) {
        long bytes = 0;
        int fitting = 0;
        while (fitting < rows.size() && (fitting == 0 || bytes + bytes(rows.get(fitting)) <= MAX_BYTES)) {
            bytes += bytes(rows.get(fitting++));
        }
        return fitting;
    }

    private static long bytes(Row row) {
        return length(row.value()) + length(row.oldValue());
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private void insert(List<Row> rows, String rest) throws SQLException {
        String sql = INSERT + (VALUES + ",").repeat(rows.size() - 1) + VALUES + rest;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < rows.size(); i++) {
                bind(statement, i * COLUMNS, rows.get(i));
            }
            statement.execute();
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
            statement.setNull(column, Types.BINARY);
        } else {
            statement.setBytes(column, bytes);
        }
    }
}
