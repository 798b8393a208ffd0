package io.k3j.apiservercontrollers;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.Signal;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Store;
import java.util.concurrent.TimeUnit;

/// Compacts the datastore every five minutes and keeps at least five minutes of history, as kube-apiserver's
/// compactor does. What the datastore refuses for now is tried again after the next interval.
///
/// **Threads.** One virtual thread, which waits most of the time.
final class Compactor implements AutoCloseable {
    /// The interval, which is also the history that is kept at least.
    private static final long INTERVAL_MILLIS = TimeUnit.MINUTES.toMillis(5);
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Store store;
    private final EventLog log;
    private final Signal stop = new Signal();
    private final SupervisedLoop loop;
    private volatile boolean open = true;

    /// Begins at once; the first compaction is after an interval.
    ///
    /// @param store asked anew each time: nothing is compacted while there is no datastore
    /// @param log is told which history has gone
    /// @param health where the loop reports
    Compactor(Store store, EventLog log, Health health) {
        this.store = store;
        this.log = log;
        this.loop = SupervisedLoop.virtual(health, "apiserver-compactor", this::run).start();
    }

    private void run() {
        long target = log.newest().revision();
        while (stop.await(() -> !open, INTERVAL_MILLIS)) {
            target = compact(target);
        }
    }

    private long compact(long target) {
        long newest = log.newest().revision();
        Datastore datastore = store.await(0);
        if (datastore == null) {
            return target;
        }
        try {
            datastore.compact(target);
            log.forget(target);
        } catch (DatastoreUnavailable e) {
            LOG.log(System.Logger.Level.WARNING, "Compaction postponed revision={0} error={1}", target, e.getMessage());
            return target;
        }
        return newest;
    }

    /// Ends the loop, also within a wait; a compaction that is under way is not waited for.
    @Override
    public void close() {
        open = false;
        loop.close();
        stop.raise();
    }
}
