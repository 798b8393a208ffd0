package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorepostgres.PostgresStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresConformanceTest
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
    private static PostgresServer server;
    private volatile PostgresStore store;
    private @Nullable PostgresStore other;
    private String endpoint;

    @BeforeAll
    static void serve() {
        server = PostgresServer.started();
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @Override
    public void reopen() {
        close();
        store = PostgresStore.open(endpoint);
    }

    @Override
    public void restart() {
        reopen();
    }

    @BeforeEach
    void open() {
        endpoint = server.endpoint("t" + DATABASES.incrementAndGet());
        store = PostgresStore.open(endpoint);
    }

    @Override
    public Datastore store() {
        return store.datastore();
    }

    @Override
    public synchronized Datastore other() {
        if (other == null) {
            other = PostgresStore.open(endpoint);
        }
        return other.datastore();
    }

    @Override
    public Duration idleLatency() {
        return Duration.ofMillis(50);
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
