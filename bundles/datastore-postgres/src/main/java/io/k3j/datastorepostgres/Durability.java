package io.k3j.datastorepostgres;

import io.k3j.sqllog.SafeSetting;
import io.k3j.sqllog.UnconfirmedCommit;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What makes a commit of PostgreSQL last: <https://www.postgresql.org/docs/current/runtime-config-wal.html>.
final class Durability {
    private static final String RELOAD = "; SELECT pg_reload_conf()";
    private static final List<SafeSetting> SETTINGS = List.of(on("fsync"), on("full_page_writes"),
            new SafeSetting("synchronous_commit", "SHOW synchronous_commit",
                    List.of("on", "local", "remote_write", "remote_apply"),
                    "ALTER SYSTEM SET synchronous_commit = on" + RELOAD));

    private Durability() {
    }

    private static SafeSetting on(String name) {
        return new SafeSetting(name, "SHOW " + name, List.of("on"), "ALTER SYSTEM SET " + name + " = on" + RELOAD);
    }

    /// @throws SQLException when a setting would lose acknowledged writes
    static void check(Connection connection) throws SQLException {
        SafeSetting.check(connection, SETTINGS);
    }

    /// A commit with a warning was not confirmed: somebody ended the wait for the standby servers.
    /// @throws UnconfirmedCommit when there is one
    static void confirmed(@Nullable SQLWarning first) throws UnconfirmedCommit {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            // notices have another class
            if (String.valueOf(warning.getSQLState()).startsWith("01")) {
                throw new UnconfirmedCommit(String.valueOf(warning.getMessage()));
            }
        }
    }
}
