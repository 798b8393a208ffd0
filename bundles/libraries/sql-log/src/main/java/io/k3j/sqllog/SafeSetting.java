package io.k3j.sqllog;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/// A setting of a database server without which it would forget what it has acknowledged when it loses power.
///
/// @param name as the server's documentation calls it
/// @param question answers with its value, with no row where the server does not have it or it does not matter
/// @param safe the values that will do, in lower case
/// @param repair the statement for who administers the server
public record SafeSetting(String name, String question, List<String> safe, String repair) {
    /// The SQL state of the refusal, of ours: a setting that would lose acknowledged writes.
    public static final String UNSAFE = "K3J01";

    /// Copies the list.
    public SafeSetting {
        safe = List.copyOf(safe);
    }

    /// Looks at settings, each with one question. Blocks as long as the server does.
    ///
    /// @throws SQLException with the state [#UNSAFE] naming the first one that would lose acknowledged writes
    static void check(Connection connection, List<SafeSetting> settings) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (SafeSetting setting : settings) {
                setting.check(statement);
            }
        }
    }

    private void check(Statement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery(question)) {
            String value = result.next() ? String.valueOf(result.getString(1)) : "";
            if (!value.isEmpty() && !safe.contains(value.toLowerCase(Locale.ROOT))) {
                throw new SQLException("the database server would lose acknowledged writes: " + name + " is " + value
                        + "; have its administrator run: " + repair, UNSAFE);
            }
        }
    }
}
