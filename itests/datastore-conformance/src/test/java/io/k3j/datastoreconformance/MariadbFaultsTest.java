package io.k3j.datastoreconformance;

import io.k3j.datastoremysql.MysqlStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class MariadbFaultsTest extends DatabaseFaults {
    private static MariadbServer server;

    @BeforeAll
    static void serve() {
        // as on a node of a cluster of several masters: numbers in steps
        server = MariadbServer.started("--auto-increment-increment=3", "--auto-increment-offset=2");
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
    void refuseConnections(String name, boolean refuse) {
        server.sql("mysql", "ALTER USER " + DatabaseServer.USER + "@'%' WITH MAX_USER_CONNECTIONS " + (refuse ? 1 : 0));
        server.sql("mysql", "KILL USER " + DatabaseServer.USER);
    }

    @Override
    void readOnly(String name, boolean only) {
        server.sql("mysql", "SET GLOBAL read_only = " + (only ? 1 : 0));
    }

    @Override
    String sleep() {
        return "SELECT SLEEP(0.15)";
    }
}
