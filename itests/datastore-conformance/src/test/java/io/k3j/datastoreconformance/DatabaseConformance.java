package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.sqllog.OpenLog;
import io.k3j.testkitdatabases.DatabaseServer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The whole suite at a database of the test's own, in a server that all its tests share.
abstract class DatabaseConformance
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
    private volatile OpenLog store;
    private @Nullable OpenLog other;
    private String endpoint;

    abstract DatabaseServer server();

    abstract OpenLog open(String endpoint);

    @Override
    public void reopen() {
        close();
        store = PatientStore.asked(() -> open(endpoint));
    }

    @Override
    public void restart() {
        reopen();
    }

    @BeforeEach
    void open() {
        endpoint = server().endpoint("t" + DATABASES.incrementAndGet());
        store = PatientStore.asked(() -> open(endpoint));
    }

    @Override
    public Datastore store() {
        return new PatientStore(store.datastore());
    }

    @Override
    public synchronized Datastore other() {
        if (other == null) {
            other = PatientStore.asked(() -> open(endpoint));
        }
        return new PatientStore(other.datastore());
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
