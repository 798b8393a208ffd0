package io.k3j.watchcache;

import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Watch;
import io.k3j.encryption.UnreadableRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Fills the event log: once from a range, then from the one watch the server has on the datastore.
public final class Feeder implements AutoCloseable {
    /// How many revisions before the newest one are replayed at the start, so that watches of the
    /// predecessor's clients can resume.
    public static final long REPLAYED = 1_000;
    private static final int PAGE = 2_000;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 250;
    private static final long STOP_MILLIS = 2_000;
    /// How long a row waits for its key.
    private static final long KEY_MILLIS = 30_000;
    private static final long KEY_LOOK_MILLIS = 200;
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    private final Store store;
    private final Rows rows;
    private final EventLog log;
    private final Thread thread;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final long begin;
    private boolean away;
    private volatile @Nullable UnreadableRow unreadable;
    private volatile boolean open = true;

    /// Loads everything; blocks. Follow with [#start].
    /// @throws UnreadableRow when a row cannot be decrypted
    public Feeder(Store store, Datastore datastore, Rows rows) {
        this.store = store;
        this.rows = rows;
        long newest = datastore.revision();
        this.begin = newest;
        long from = Math.max(1, Math.max(datastore.compactRevision(), newest - REPLAYED));
        this.log = new EventLog(load(datastore, from), from);
        this.thread = Thread.ofPlatform().name("apiserver-log").daemon().unstarted(this::follow);
    }

    /// The log this feeds.
    public EventLog log() {
        return log;
    }

    /// Begins to follow the datastore.
    public void start() {
        thread.start();
    }

    private SnapshotTree<Item> load(Datastore datastore, long revision) {
        List<String> keys = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        String from = "";
        boolean more = true;
        while (more) {
            Page page = datastore.range(Keys.ROOT, from, PAGE, revision);
            for (Entry e : page.entries()) {
                Item item = item(datastore, e);
                if (item != null) {
                    keys.add(e.key());
                    items.add(item);
                }
                from = e.key() + "\0";
            }
            more = page.more();
        }
        return SnapshotTree.ofSorted(keys.toArray(String[]::new), items.toArray());
    }

    private @Nullable Item item(Datastore datastore, Entry row) {
        try {
            return rows.item(row);
        } catch (UnreadableRow sealed) {
            if (superseded(datastore, row.key(), row.revision())) {
                return null;
            }
            throw sealed;
        }
    }

    private void follow() {
        while (open) {
            Datastore datastore = store.await(RETRY_MILLIS);
            if (datastore == null) {
                continue;
            }
            try {
                follow(datastore);
            } catch (DatastoreUnavailable e) {
                if (open) {
                    away(e);
                    store.awaitOther(datastore, RETRY_MILLIS);
                }
            } catch (UnreadableRow sealed) {
                LOG.log(System.Logger.Level.ERROR, "cannot follow the datastore: {0}", sealed.getMessage());
                unreadable = sealed;
                log.close();
                return;
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void follow(Datastore datastore) throws InterruptedException {
        try (Watch watch = datastore.watch(Keys.ROOT, log.newest().revision())) {
            pump(datastore, watch);
        } catch (Compacted e) {
            reload(datastore);
        }
    }

    /// Says so once.
    private void away(DatastoreUnavailable e) {
        if (!away) {
            away = true;
            LOG.log(System.Logger.Level.WARNING, "datastore away, following again: {0}", e.getMessage());
        }
    }

    /// The steps since then are gone from the datastore: takes the picture as it is now.
    private void reload(Datastore datastore) {
        LOG.log(System.Logger.Level.WARNING, "fell behind compaction, loading again revision={0}",
                log.newest().revision());
        long revision = datastore.revision();
        try {
            log.replace(load(datastore, revision), revision);
        } catch (Compacted e) {
            LOG.log(System.Logger.Level.DEBUG, "compacted while loading, once more revision={0}", revision);
        }
    }

    private void pump(Datastore datastore, Watch watch) throws InterruptedException {
        while (open) {
            Watch.Batch batch = watch.next(TICK);
            for (Change c : batch.changes()) {
                byte[] bytes = c.bytes();
                Step step = bytes == null ? new Step(true, null) : step(datastore, c, bytes);
                if (step.apply()) {
                    log.apply(c.key(), c.revision(), c.creation(), step.after());
                }
            }
            log.publish(batch.revision());
            away = false;
        }
    }

    /// What a change leaves behind. A row that was encrypted with a key of the past and has been replaced since is
    /// passed over. One with a key that is not known here waits for it: another server has begun to use the key, and
    /// the supervisor brings it from the bootstrap record.
    private Step step(Datastore datastore, Change c, byte[] bytes) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(KEY_MILLIS);
        while (true) {
            try {
                return new Step(true, rows.item(c.key(), bytes, c.createRevision(), c.revision()));
            } catch (UnreadableRow sealed) {
                // this one may wait: what came before it is to be seen meanwhile
                log.settle();
                if (superseded(datastore, c.key(), c.revision())) {
                    return Step.NONE;
                }
                if (c.revision() <= begin) {
                    throw sealed;
                }
                if (System.nanoTime() - end > 0) {
                    LOG.log(System.Logger.Level.ERROR, "a Secret stays as it was: {0}", sealed.getMessage());
                    return Step.NONE;
                }
                if (closing.await(KEY_LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new InterruptedException();
                }
            }
        }
    }

    /// Whether to apply a change, and the new version, null when the row is none of an object any more.
    private record Step(boolean apply, @Nullable Item after) {
        static final Step NONE = new Step(false, null);
    }

    private static boolean superseded(Datastore datastore, String key, long revision) {
        return datastore.get(key).filter(now -> now.revision() == revision).isEmpty();
    }

    /// Why a row of the time before the start cannot be read, null when all can.
    @Nullable
    public UnreadableRow unreadable() {
        return unreadable;
    }

    /// Stops following; waits a moment for the last batch.
    @Override
    public void close() {
        open = false;
        closing.countDown();
        thread.interrupt();
        log.close();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
