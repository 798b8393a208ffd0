package io.k3j.datastoremysql;

import io.k3j.sqllog.Inserter;
import io.k3j.sqllog.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/// Inserts, commits and releases the lock in one round trip, as several statements in one packet: after an
/// error the server skips the rest. More than two megabytes of rows are split over several packets, so that
/// each is accepted by servers.
final class MysqlInserter implements Inserter {
    private static final long MAX_BYTES = 2L << 20;
    private final Connection connection;

    MysqlInserter(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void commit(List<Row> rows, long revision) throws SQLException {
        List<Row> remaining = rows;
        while (!remaining.isEmpty()) {
            int count = countFitting(remaining);
            insert(remaining.subList(0, count), count == remaining.size() ? "; " + MysqlDialect.COMMIT : "");
            remaining = remaining.subList(count, remaining.size());
        }
    }

    private static int countFitting(List<Row> rows) {
        long bytes = 0;
        int count = 0;
        while (count < rows.size() && (count == 0 || bytes + rows.get(count).weight() <= MAX_BYTES)) {
            bytes += rows.get(count++).weight();
        }
        return count;
    }

    private void insert(List<Row> rows, String rest) throws SQLException {
        String sql = Row.INSERT + (Row.MARKS + ",").repeat(rows.size() - 1) + Row.MARKS + rest;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Row.bind(statement, rows);
            statement.execute();
        }
    }
}
