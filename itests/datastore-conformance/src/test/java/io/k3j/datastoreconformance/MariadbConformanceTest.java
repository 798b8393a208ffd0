package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoremysql.MysqlStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
            SharedGuarantees,
            Simulation {
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static MariadbServer server;
    private volatile MysqlStore store;
    private @Nullable MysqlStore other;
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

    @Override
    public synchronized Datastore other() {
        if (other == null) {
            other = MysqlStore.open(endpoint);
        }
        return other.datastore();
    }

    @Override
    public Duration idleLatency() {
        return Duration.ofMillis(150);
    }

    @AfterEach
    void close() {
        store.close();
        if (other != null) {
            other.close();
            other = null;
        }
    }
}
