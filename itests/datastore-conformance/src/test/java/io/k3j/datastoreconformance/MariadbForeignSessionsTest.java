package io.k3j.datastoreconformance;

import io.k3j.datastoremysql.MysqlOpener;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.DatabaseServer;
import io.k3j.testkitdatabases.MariadbServer;
import io.k3j.testmachine.NeedsPackages;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/// On a server whose settings are not the usual ones.
@Tag("full")
@Tag("data")
@NeedsPackages("mariadb-server")
class MariadbForeignSessionsTest extends ForeignSessions {
    @RegisterExtension
    static final Served<MariadbServer> SERVED = new Served<>(
            () -> MariadbServer.started("--default-time-zone=+13:00", "--character-set-server=latin1",
                    "--collation-server=latin1_german2_ci", "--transaction-isolation=SERIALIZABLE", "--autocommit=0",
                    "--sql-mode=ANSI,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO,TRADITIONAL",
                    "--auto-increment-increment=3"));

    @Override
    MariadbServer server() {
        return SERVED.server();
    }

    @Override
    OpenLog open(String endpoint) {
        return new MysqlOpener().open(endpoint);
    }

    @Override
    String held() {
        return "LOCK TABLES kine WRITE;";
    }

    @Override
    String storm(String prefix, int rows) {
        StringBuilder storm = new StringBuilder("SET innodb_lock_wait_timeout = 50");
        for (int i = 1; i <= rows; i++) {
            storm.append("; BEGIN; INSERT IGNORE INTO kine (name, created, deleted, create_revision, prev_revision,"
                    + " lease, value) VALUES ('").append(prefix).append(i).append("', 1, 0, 0, 0, 0, 'x'); ")
                    .append(i % 4 == 0 ? "COMMIT" : "ROLLBACK");
        }
        return storm.toString();
    }

    @Override
    String sessions() {
        return "SELECT COUNT(*) FROM information_schema.processlist WHERE user = '" + DatabaseServer.USER + "'";
    }

    @Override
    void full(boolean full) {
        server().sql("mysql", "SET GLOBAL max_user_connections = " + (full ? -1 : 100));
    }
}
