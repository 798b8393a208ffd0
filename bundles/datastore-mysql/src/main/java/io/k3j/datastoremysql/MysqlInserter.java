package io.k3j.datastoremysql;

import io.k3j.sqllog.Inserter;
import io.k3j.sqllog.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/// Inserts, commits and gives the lock back in one exchange, as several statements in one packet: after an error the
/// server skips the rest. Rows of more than two megabytes go in packets before the last one, so that each fits what
/// servers take.
final class MysqlInserter implements Inserter {
    private static final long MAX_BYTES = 2L << 20;
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
        while (fitting < rows.size() && (fitting == 0 || bytes + rows.get(fitting).weight() <= MAX_BYTES)) {
            bytes += rows.get(fitting++).weight();
        }
        return fitting;
    }

    private void insert(List<Row> rows, String rest) throws SQLException {
        String sql = Row.INSERT + (Row.MARKS + ",").repeat(rows.size() - 1) + Row.MARKS + rest;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Row.bind(statement, rows);
            statement.execute();
        }
    }
}
