package io.k3j.datastoreconformance;

import io.k3j.datastorepostgres.PostgresStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresFaultsTest extends DatabaseFaults {
    private static final String END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
            + DatabaseServer.USER + "'";
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
    void refuseConnections(String name, boolean refuse) {
        server.sql("postgres", "ALTER ROLE " + DatabaseServer.USER + " CONNECTION LIMIT " + (refuse ? 0 : -1));
        server.sql("postgres", END);
    }

    @Override
    void readOnly(String name, boolean only) {
        server.sql("postgres", "ALTER DATABASE " + name + " SET default_transaction_read_only = " + only);
        server.sql("postgres", END);
    }

    @Override
    String sleep() {
        return "SELECT pg_sleep(0.15)";
    }
}
