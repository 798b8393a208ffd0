package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoresqlite.SqliteStore;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteConformanceTest
        implements
            CommitGuarantees,
            ReadGuarantees,
            WatchGuarantees,
            CompactionGuarantees,
            LifetimeGuarantees,
            ConcurrencyGuarantees,
            Restarts,
            Simulation {
    @TempDir
    Path directory;
    private volatile SqliteStore store;

    @Override
    public void reopen() {
        close();
        open();
    }

    @Override
    public void restart() {
        reopen();
    }

    @BeforeEach
    void open() {
        store = SqliteStore.open(directory, false, message -> {
        });
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
