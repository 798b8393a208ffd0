package io.k3j.datastorepostgres;

import io.k3j.sqllog.Inserter;
import io.k3j.sqllog.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;

/// Inserts, notifies other servers and commits in one round trip. The statement is the same for any number of
/// rows, because each column is an array. After an error the server skips the rest, including `COMMIT`.
final class PostgresInserter implements Inserter {
    private static final String INSERT = "INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision,"
            + " lease, value, old_value) SELECT * FROM unnest(?::int8[], ?::text[], ?::int4[], ?::int4[], ?::int8[],"
            + " ?::int8[], ?::int4[], ?::bytea[], ?::bytea[])";
    private static final String COMMIT = "; COMMIT";
    private static final String NOTIFY = "; SELECT setval(pg_get_serial_sequence('kine', 'id'), ?), pg_notify('"
            + Listener.CHANNEL + "', ?)";
    private final Connection connection;

    PostgresInserter(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void commit(List<Row> rows, long revision) throws SQLException {
        try (PreparedStatement statement = connection
                .prepareStatement(INSERT + (revision == 0 ? COMMIT : NOTIFY + COMMIT))) {
            bind(statement, rows);
            if (revision != 0) {
                statement.setLong(10, revision);
                statement.setString(11, Long.toString(revision));
            }
            execute(statement);
        }
        connection.setAutoCommit(true);
    }

    /// A session that is terminated while it waits for a standby says so by a warning, and then breaks.
    private static void execute(PreparedStatement statement) throws SQLException {
        try {
            statement.execute();
        } catch (SQLException broken) {
            PostgresDurability.checkConfirmed(statement.getWarnings());
            throw broken;
        }
        PostgresDurability.checkConfirmed(statement.getWarnings());
    }

    private void bind(PreparedStatement statement, List<Row> rows) throws SQLException {
        long[][] numbers = new long[3][rows.size()];
        int[][] flags = new int[3][rows.size()];
        String[] names = new String[rows.size()];
        byte[][][] values = new byte[2][rows.size()][];
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            numbers[0][i] = row.id();
            numbers[1][i] = row.createRevision();
            numbers[2][i] = row.prevRevision();
            flags[0][i] = row.created() ? 1 : 0;
            flags[1][i] = row.deleted() ? 1 : 0;
            flags[2][i] = (int) Math.min(row.lease(), Integer.MAX_VALUE);
            names[i] = row.name();
            values[0][i] = row.value();
            values[1][i] = row.oldValue();
        }
        set(statement, 1, "int8", numbers[0]);
        set(statement, 2, "text", names);
        set(statement, 3, "int4", flags[0]);
        set(statement, 4, "int4", flags[1]);
        set(statement, 5, "int8", numbers[1]);
        set(statement, 6, "int8", numbers[2]);
        set(statement, 7, "int4", flags[2]);
        set(statement, 8, "bytea", values[0]);
        set(statement, 9, "bytea", values[1]);
    }

    private void set(PreparedStatement statement, int column, String type, Object array) throws SQLException {
        statement.setArray(column, connection.unwrap(PGConnection.class).createArrayOf(type, array));
    }
}
