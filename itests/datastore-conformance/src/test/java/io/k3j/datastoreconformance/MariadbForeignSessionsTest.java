package io.k3j.datastoreconformance;

import io.k3j.datastoremysql.MysqlStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/// On a server whose settings are not the usual ones.
@Tag("full")
class MariadbForeignSessionsTest extends ForeignSessions {
    private static MariadbServer server;

    @BeforeAll
    static void serve() {
        server = MariadbServer.started("--default-time-zone=+13:00", "--character-set-server=latin1",
                "--collation-server=latin1_german2_ci", "--transaction-isolation=SERIALIZABLE", "--autocommit=0",
                "--sql-mode=ANSI,NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO,TRADITIONAL",
                "--auto-increment-increment=3");
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @Override
    DatabaseServer server() {
        return server;
    }

    @Override
    Opened open(String endpoint) {
        MysqlStore store = MysqlStore.open(endpoint);
        return new Opened(store.datastore(), store);
    }

    @Override
    String held(int seconds) {
        return "LOCK TABLES kine WRITE; SELECT SLEEP(" + seconds + "); UNLOCK TABLES";
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
        server.sql("mysql", "SET GLOBAL max_user_connections = " + (full ? -1 : 100));
    }
}
