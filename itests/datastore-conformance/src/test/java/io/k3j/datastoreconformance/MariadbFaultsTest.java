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
    void numberInSteps(String name) {
        server.sql(name, "SET GLOBAL auto_increment_increment = 1000");
    }

    @Override
    String sleep() {
        return "SELECT SLEEP(2)";
    }

    @Override
    String sleeping() {
        return "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep'";
    }
}
