package io.k3j.supervisor;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Watch;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Has somebody look at the bootstrap record: at the start, and whenever it has changed in a datastore that other
/// servers write to, too. Between changes nothing is asked, unless the last look left something to do.
final class RecordWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String PREFIX = "/bootstrap/";
    /// Until something is tried again.
    private static final Duration SOON = Duration.ofSeconds(2);
    /// After which a quiet watch makes sure that its datastore is still the one in use.
    private static final Duration QUIET = Duration.ofSeconds(30);

    /// Whoever looks.
    interface Look {
        /// Looks once; does not throw.
        ///
        /// @param changed whether the record may be another one than at the last look
        /// @return whether nothing is left to do before the next change
        boolean done(Datastore store, boolean changed);
    }

    private final Supplier<@Nullable Datastore> datastore;
    private final Look look;
    private final SupervisedLoop loop;
    private @Nullable Watch watch;
    private boolean closed;

    /// @param health where its thread reports
    RecordWatch(Supplier<@Nullable Datastore> datastore, Look look, Health health) {
        this.loop = SupervisedLoop.virtual(health, "supervisor-records", this::run);
        this.datastore = datastore;
        this.look = look;
    }

    /// Begins, on a thread of its own, which ends when nothing can come any more.
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
                // what nobody shares is changed by this server only, which knows
                done = look.done(store, first);
                first = false;
            }
            if (!done) {
                pause();
            }
        }
    }

    private void follow(Datastore store) throws InterruptedException {
        try (Watch changes = store.watch(PREFIX, store.revision())) {
            boolean done = use(changes) && look.done(store, true);
            while (open() && store.equals(datastore.get())) {
                boolean changed = !changes.next(done ? QUIET : SOON).changes().isEmpty();
                if (open() && (changed || !done)) {
                    done = look.done(store, changed);
                }
            }
        } catch (DatastoreUnavailable | Compacted over) {
            LOG.log(Level.DEBUG, "The bootstrap record is watched again", over);
        }
    }

    private synchronized boolean open() {
        return !closed;
    }

    private synchronized boolean use(Watch changes) {
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
