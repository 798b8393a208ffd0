package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoresqlite.SqliteStore;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteConformanceTest implements CommitGuarantees, ReadGuarantees, WatchGuarantees, CompactionGuarantees,
        LifetimeGuarantees, ConcurrencyGuarantees {
    @TempDir
    Path directory;
    private SqliteStore store;

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
