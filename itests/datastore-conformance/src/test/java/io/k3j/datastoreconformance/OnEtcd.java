package io.k3j.datastoreconformance;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreetcd.EtcdStore;
import io.k3j.jetcd.EtcdEndpoints;
import io.k3j.testkitdatabases.EtcdServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A store in a real etcd per test.
abstract class OnEtcd implements Restarts {
    /// A cluster on a busy machine may need several elections.
    private static final Duration START = Duration.ofSeconds(60);
    @TempDir
    Path directory;
    private EtcdServers servers;
    private volatile EtcdStore store;
    private final AtomicInteger doubted = new AtomicInteger();

    /// How many members the cluster has.
    abstract int members();

    @BeforeEach
    void start() {
        servers = EtcdServers.start(directory, members());
        open();
    }

    private void open() {
        EtcdEndpoints endpoints = EtcdEndpoints.parse(servers.endpoints(), Optional.empty());
        store = Conformance.eventually(() -> EtcdStore.open(endpoints, trouble -> {
        }), START);
    }

    @Override
    public void reopen() {
        store.close();
        open();
    }

    @Override
    public Datastore store() {
        return new PatientStore(store, doubted::incrementAndGet);
    }

    /// The next creation raises the era first, which takes a revision.
    @Override
    public int furtherRevisions() {
        return doubted.get();
    }

    /// etcd bounds a page by its number of keys; what the client takes at once is the bound.
    @Override
    public long largestPage() {
        return 64L << 20;
    }

    @AfterEach
    void stop() {
        store.close();
        servers.close();
    }
}
