package io.k3j.datastoreconformance;

import io.k3j.datastorepostgres.PostgresOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.PostgresServer;
import io.k3j.testmachine.NeedsPackages;
import org.junit.jupiter.api.extension.RegisterExtension;

/// On a server whose settings are not the usual ones.
@NeedsPackages("postgresql")
class PostgresForeignSessionsTest extends ForeignSessions {
    @RegisterExtension
    static final Served<PostgresServer> SERVED = new Served<>(
            () -> PostgresServer.started("timezone=Pacific/Kiritimati", "datestyle=SQL,DMY", "bytea_output=escape",
                    "standard_conforming_strings=off", "backslash_quote=on",
                    "default_transaction_isolation=serializable", "default_transaction_deferrable=on",
                    "default_table_access_method=heap", "array_nulls=off"));

    @Override
    PostgresServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new PostgresOpener().open(endpoint);
    }

    @Override
    String held() {
        return "BEGIN; LOCK TABLE kine;";
    }

    @Override
    String storm(String prefix, int rows) {
        return "DO $$ BEGIN FOR i IN 1.." + rows + " LOOP BEGIN INSERT INTO kine (name, created, deleted,"
                + " create_revision, prev_revision, lease, value) VALUES ('" + prefix + "' || i, 1, 0, 0, 0, 0, 'x');"
                + " EXCEPTION WHEN unique_violation OR lock_not_available THEN NULL; END;"
                + " IF i % 4 = 0 THEN COMMIT; ELSE ROLLBACK; END IF; END LOOP; END $$";
    }

    @Override
    String sessions() {
        return "SELECT COUNT(*) FROM pg_stat_activity WHERE usename = '" + DatabaseServer.USER + "'";
    }

    @Override
    void full(boolean full) {
        server().sql("postgres", "ALTER ROLE " + DatabaseServer.USER + " CONNECTION LIMIT " + (full ? 0 : -1));
    }
}
