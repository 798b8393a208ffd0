package io.k3j.datastorepostgres;

import io.k3j.sqllog.SafeSetting;
import io.k3j.sqllog.UnconfirmedCommit;
import java.sql.SQLWarning;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLWarning;

/// The settings PostgreSQL needs for durable commits:
/// <https://www.postgresql.org/docs/current/runtime-config-wal.html>.
final class PostgresDurability {
    private static final String RELOAD = "; SELECT pg_reload_conf()";
    static final List<SafeSetting> SETTINGS = List.of(on("fsync"), on("full_page_writes"),
            new SafeSetting("synchronous_commit", "SHOW synchronous_commit",
                    List.of("on", "local", "remote_write", "remote_apply"),
                    "ALTER SYSTEM SET synchronous_commit = on" + RELOAD));

    /// Whether commits of a new session wait for a standby: then a row that is read back here may be on no standby.
    static final String WAITS = "SELECT (current_setting('synchronous_standby_names') <> ''"
            + " AND current_setting('synchronous_commit') <> 'local')::int";
    /// Of a session that was told to end while it waited for a standby.
    private static final String TERMINATED = "57P01";
    /// Says that listeners are slow, and nothing of the commit.
    private static final String SLOW_LISTENERS = "asyncQueueFillWarning";

    private PostgresDurability() {
    }

    private static SafeSetting on(String name) {
        return new SafeSetting(name, "SHOW " + name, List.of("on"), "ALTER SYSTEM SET " + name + " = on" + RELOAD);
    }

    /// Checks the warnings of a commit: a warning means that the wait for the standby servers was ended.
    /// @throws UnconfirmedCommit when there is such a warning
    static void checkConfirmed(@Nullable SQLWarning first) throws UnconfirmedCommit {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            String state = String.valueOf(warning.getSQLState());
            // notices have another class than warnings
            if (state.equals(TERMINATED) || state.startsWith("01") && !slowListeners(warning)) {
                throw new UnconfirmedCommit(String.valueOf(warning.getMessage()));
            }
        }
    }

    /// By the routine's name, which no language changes.
    private static boolean slowListeners(SQLWarning warning) {
        return warning instanceof PSQLWarning told
                && SLOW_LISTENERS.equals(told.getServerErrorMessage().getRoutine());
    }
}
