package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A connection with its prepared statements; used by one thread at a time. Statements stay prepared as long as it
/// lives, so each text is to be one of few.
final class Reader implements AutoCloseable {
    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private final int moves;
    /// A new connection may lead to a copy that lags behind.
    private boolean trusted;

    /// `moves` is [DatabaseFaults#moves] when it was opened.
    Reader(Connection connection, int moves) {
        this.connection = connection;
        this.moves = moves;
    }

    int moves() {
        return moves;
    }

    /// How long an answer may take, in milliseconds; afterwards the connection is of no use. Answers of a table of
    /// this process alone are not limited.
    void limit(int millis) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, millis);
    }

    /// The newest row of the table. It decides whether anything has to be read at all.
    Newest newest() throws SQLException {
        try (ResultSet result = bound(Newest.QUESTION).executeQuery()) {
            return Newest.of(result);
        }
    }

    /// Whether what this connection leads to has been seen to hold what is known here.
    boolean trusted() {
        return trusted;
    }

    /// It holds what is known here; that can only change together with the connection.
    void trust() {
        trusted = true;
    }

    /// Lets go of the connection without a word to the other end.
    void abort() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            System.getLogger("io.k3j.sqllog").log(System.Logger.Level.DEBUG, "dropping a connection: {0}",
                    e.getMessage());
        }
    }

    /// All rows of a statement whose columns are those of [Statements].
    List<Row> rows(String sql, Object... parameters) throws SQLException {
        return rowsUpTo(Long.MAX_VALUE, sql, parameters);
    }

    /// The first of them, up to the one with which they weigh more than `bytes`. The rest is not read, where the
    /// database gives row by row.
    List<Row> rowsUpTo(long bytes, String sql, Object... parameters) throws SQLException {
        try (ResultSet result = bound(sql, parameters).executeQuery()) {
            boolean withOld = result.getMetaData().getColumnCount() > 8;
            List<Row> rows = new ArrayList<>();
            for (long left = bytes; left >= 0 && result.next();) {
                Row row = new Row(result.getLong(1), result.getString(2), result.getInt(3) != 0,
                        result.getInt(4) != 0, result.getLong(5), result.getLong(6), result.getLong(7),
                        result.getBytes(8), withOld ? result.getBytes(9) : null);
                rows.add(row);
                left -= row.weight();
            }
            return rows;
        }
    }

    /// The first column of the first row, 0 if there is none or it is null.
    long number(String sql, Object... parameters) throws SQLException {
        try (ResultSet result = bound(sql, parameters).executeQuery()) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    /// How many rows it changed.
    int update(String sql, Object... parameters) throws SQLException {
        return bound(sql, parameters).executeUpdate();
    }

    /// The first column of every row.
    List<Long> numbers(String sql, Object... parameters) throws SQLException {
        try (ResultSet result = bound(sql, parameters).executeQuery()) {
            List<Long> numbers = new ArrayList<>();
            while (result.next()) {
                numbers.add(result.getLong(1));
            }
            return numbers;
        }
    }

    /// Makes changes as one transaction, on a connection that is in none. Always true, for who wants an answer.
    /// @throws SQLException when they have not been made, or it is not known; the connection is of no use then
    boolean changed(SqlDialect dialect, Changes changes) throws SQLException {
        dialect.step(connection, true);
        connection.setAutoCommit(false);
        changes.make();
        connection.commit();
        connection.setAutoCommit(true);
        dialect.step(connection, false);
        return true;
    }

    /// Statements that belong together.
    interface Changes {
        void make() throws SQLException;
    }

    /// Texts and whole numbers only.
    private PreparedStatement bound(String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof String text) {
                statement.setString(i + 1, text);
            } else {
                statement.setLong(i + 1, ((Number) parameters[i]).longValue());
            }
        }
        return statement;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
