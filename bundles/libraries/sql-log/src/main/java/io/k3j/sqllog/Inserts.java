package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/// Inserts rows many at a time by a few statements that stay prepared, where an exchange with the database costs
/// nothing. A statement of several rows carries no more than two megabytes.
final class Inserts implements Inserter {
    /// Rows of one statement, largest first; each is prepared once, as preparing costs more than inserting.
    private static final int[] SIZES = {128, 16, 1};
    /// Beyond it a statement of many rows gains nothing and costs memory.
    private static final long MAX_BYTES = 2L << 20;
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
        return Row.INSERT + String.join(",", Collections.nCopies(rows, Row.MARKS));
    }

    @Override
    public void commit(List<Row> rows, long revision) throws SQLException {
        insert(rows);
        dialect.commit(connection);
    }

    /// From the largest statement that is filled to single rows; order is kept.
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
        return rows.stream().mapToLong(Row::weight).sum() <= MAX_BYTES;
    }

    private static void insert(PreparedStatement statement, List<Row> rows) throws SQLException {
        Row.bind(statement, rows);
        statement.executeUpdate();
    }
}
