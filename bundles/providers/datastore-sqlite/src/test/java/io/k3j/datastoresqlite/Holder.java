package io.k3j.datastoresqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.jdbc4.JDBC4Connection;

/// Another program in a write transaction.
final class Holder implements AutoCloseable {
    private final Connection connection;

    Holder(Path file) throws SQLException {
        connection = new JDBC4Connection("jdbc:sqlite:" + file, file.toString(), new Properties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
        }
    }

    boolean holds() throws SQLException {
        return !connection.isClosed();
    }

    @Override
    public void close() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        }
        connection.close();
    }
}
