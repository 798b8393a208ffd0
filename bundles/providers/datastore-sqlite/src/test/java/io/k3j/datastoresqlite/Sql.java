package io.k3j.datastoresqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.sqlite.jdbc4.JDBC4Connection;

/// Plain SQL access to the file, without code of K3j.
final class Sql {
    private Sql() {
    }

    static Path file(Path dataDir) {
        return dataDir.resolve("server/db/state.db");
    }

    static void run(Path file, String... statements) throws SQLException {
        try (Connection connection = connect(file); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Connection connect(Path file) throws SQLException {
        return new JDBC4Connection("jdbc:sqlite:" + file, file.toString(), new Properties());
    }

    /// One line per row, columns joined by `|`.
    static List<String> rows(Path file, String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Connection connection = connect(file);
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(result.getString(i));
                }
                found.add(String.join("|", columns.stream().map(String::valueOf).toList()));
            }
        }
        return found;
    }
}
