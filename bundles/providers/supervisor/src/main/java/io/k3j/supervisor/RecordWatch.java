package io.k3j.supervisor;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Calls an observer at the start and after every change of the bootstrap record in a datastore shared with
/// other servers. Between changes it asks nothing, unless the last call left work to do.
final class RecordWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String PREFIX = "/bootstrap/";
    /// Until an unfinished observation is repeated.
    private static final Duration SOON = Duration.ofSeconds(2);
    /// After this time without changes the loop checks that its datastore is still the one in use.
    private static final Duration QUIET = Duration.ofSeconds(30);

    /// Observes the record.
    interface Observer {
        /// Observes once; does not throw.
        ///
        /// @param changed whether the record may have changed since the last call
        /// @return whether no work is left before the next change
        boolean observe(Datastore store, boolean changed);
    }

    private final Supplier<@Nullable Datastore> datastore;
    private final Observer observer;
    private final SupervisedLoop loop;
    private @Nullable Watch watch;
    private boolean closed;

    /// @param health receives the state of the loop's thread
    RecordWatch(Supplier<@Nullable Datastore> datastore, Observer observer, Health health) {
        this.loop = SupervisedLoop.virtual(health, "supervisor-records", this::run);
        this.datastore = datastore;
        this.observer = observer;
    }

    /// Starts the thread. It ends by itself when the datastore is not shared and no work is left.
    SupervisedLoop start() {
        return loop.start();
    }

    private void run() throws InterruptedException {
        boolean done = false;
        boolean first = true;
        while (!done && open()) {
            Datastore store = datastore.get();
            if (store != null && store.shared()) {
                follow(store);
            } else if (store != null) {
                // only this server writes to a datastore that is not shared, and it knows its own changes
                done = observer.observe(store, first);
                first = false;
            }
            if (!done) {
                pause();
            }
        }
    }

    private void follow(Datastore store) throws InterruptedException {
        try (Watch changes = store.watch(PREFIX, store.revision())) {
            boolean done = install(changes) && observer.observe(store, true);
            while (open() && store.equals(datastore.get())) {
                boolean changed = !changes.next(done ? QUIET : SOON).changes().isEmpty();
                if (open() && (changed || !done)) {
                    done = observer.observe(store, changed);
                }
            }
        } catch (DatastoreUnavailable | Compacted retry) {
            LOG.log(Level.DEBUG, "The bootstrap record is watched again", retry);
        }
    }

    private synchronized boolean open() {
        return !closed;
    }

    private synchronized boolean install(Watch changes) {
        watch = changes;
        return !closed;
    }

    private synchronized void pause() throws InterruptedException {
        long end = System.nanoTime() + SOON.toNanos();
        for (long left = SOON.toMillis(); !closed && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        loop.close();
        notifyAll();
        if (watch != null) {
            watch.close();
        }
    }
}
