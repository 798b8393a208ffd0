package io.k3j.datastorepostgres;

import io.k3j.sqllog.SafeSetting;
import io.k3j.sqllog.UnconfirmedCommit;
import java.sql.SQLWarning;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The settings PostgreSQL needs for durable commits:
/// <https://www.postgresql.org/docs/current/runtime-config-wal.html>.
final class PostgresDurability {
    private static final String RELOAD = "; SELECT pg_reload_conf()";
    static final List<SafeSetting> SETTINGS = List.of(on("fsync"), on("full_page_writes"),
            new SafeSetting("synchronous_commit", "SHOW synchronous_commit",
                    List.of("on", "local", "remote_write", "remote_apply"),
                    "ALTER SYSTEM SET synchronous_commit = on" + RELOAD));

    private PostgresDurability() {
    }

    private static SafeSetting on(String name) {
        return new SafeSetting(name, "SHOW " + name, List.of("on"), "ALTER SYSTEM SET " + name + " = on" + RELOAD);
    }

    /// Checks the warnings of a commit: a warning means that the wait for the standby servers was cancelled.
    /// @throws UnconfirmedCommit when there is a warning
    static void checkConfirmed(@Nullable SQLWarning first) throws UnconfirmedCommit {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            // notices have another class than warnings
            if (String.valueOf(warning.getSQLState()).startsWith("01")) {
                throw new UnconfirmedCommit(String.valueOf(warning.getMessage()));
            }
        }
    }
}
