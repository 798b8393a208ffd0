package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastorememory.MemoryDatastore;
import org.junit.jupiter.api.AfterEach;

class MemoryConformanceTest
        implements
            CommitGuarantees,
            ReadGuarantees,
            WatchGuarantees,
            CompactionGuarantees,
            LifetimeGuarantees,
            ConcurrencyGuarantees,
            Simulation {
    private final MemoryDatastore store = new MemoryDatastore();

    @Override
    public Datastore store() {
        return store;
    }

    @AfterEach
    void close() {
        store.close();
    }
}
