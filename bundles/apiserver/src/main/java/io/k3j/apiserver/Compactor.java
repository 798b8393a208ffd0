package io.k3j.apiserver;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Store;
import java.util.concurrent.TimeUnit;

/// Lets the datastore forget history older than five minutes, every five minutes, as upstream does.
final class Compactor implements AutoCloseable {
    /// How often, and how much history is kept at least.
    static final long INTERVAL_MILLIS = TimeUnit.MINUTES.toMillis(5);
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Store store;
    private final EventLog log;
    private final Signal stop = new Signal();
    private final SupervisedLoop loop;
    private volatile boolean open = true;

    Compactor(Store store, EventLog log, Health health) {
        this.store = store;
        this.log = log;
        this.loop = SupervisedLoop.virtual(health, "apiserver-compactor", this::run).start();
    }

    private void run() {
        long keep = log.newest().revision();
        while (stop.await(() -> !open, INTERVAL_MILLIS)) {
            keep = compacted(keep);
        }
    }

    private long compacted(long keep) {
        long newest = log.newest().revision();
        Datastore datastore = store.await(0);
        if (datastore == null) {
            return keep;
        }
        try {
            datastore.compact(keep);
            log.forget(keep);
        } catch (DatastoreUnavailable e) {
            LOG.log(System.Logger.Level.WARNING, "compaction put off revision={0}: {1}", keep, e.getMessage());
            return keep;
        }
        return newest;
    }

    @Override
    public void close() {
        open = false;
        loop.close();
        stop.raise();
    }
}
