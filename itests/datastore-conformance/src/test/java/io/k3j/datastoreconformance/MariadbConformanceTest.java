package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoremysql.MysqlStore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class MariadbConformanceTest
        implements
            CommitGuarantees,
            ReadGuarantees,
            WatchGuarantees,
            CompactionGuarantees,
            LifetimeGuarantees,
            ConcurrencyGuarantees,
            Restarts,
            Simulation {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static MariadbServer server;
    private volatile MysqlStore store;
    private String endpoint;

    @BeforeAll
    static void serve() {
        server = MariadbServer.started();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @Override
    public void reopen() {
        close();
        store = MysqlStore.open(endpoint);
    }

    @Override
    public void restart() {
        reopen();
    }

    @BeforeEach
    void open() {
        endpoint = server.endpoint("t" + DATABASES.incrementAndGet());
        store = MysqlStore.open(endpoint);
    }

    @Override
    public Datastore store() {
        return store.datastore();
    }

    @AfterEach
    void close() {
        store.close();
    }
}
