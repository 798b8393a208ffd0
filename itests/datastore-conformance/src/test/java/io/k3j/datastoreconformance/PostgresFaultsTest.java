package io.k3j.datastoreconformance;

import io.k3j.datastorepostgres.PostgresStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresFaultsTest extends DatabaseFaults {
    private static PostgresServer server;

    @BeforeAll
    static void serve() {
        server = PostgresServer.started();
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
        PostgresStore store = PostgresStore.open(endpoint);
        return new Opened(store.datastore(), store);
    }

    @Override
    void numberInSteps(String name) {
        server.sql(name, "ALTER SEQUENCE kine_id_seq INCREMENT BY 1000");
    }

    @Override
    String sleep() {
        return "SELECT pg_sleep(2)";
    }

    @Override
    String sleeping() {
        return "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    }
}
