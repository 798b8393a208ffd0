package io.k3j.watchcache;

import io.k3j.componentapi.Health;
import io.k3j.componentapi.SupervisedLoop;
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
import org.jspecify.annotations.Nullable;

/// Fills the event log: once from a range, then from the one watch the server has on the datastore.
public final class Feeder implements AutoCloseable {
    /// How many revisions before the newest one are replayed at the start, so that watches of the
    /// predecessor's clients can resume.
    public static final long REPLAYED = 1_000;
    private static final int COMPACTIONS = 10;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 250;
    private static final long STOP_MILLIS = 2_000;
    /// How often it is looked whether a key has come.
    private static final Duration KEY_LOOK = Duration.ofMillis(250);
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    private final Store store;
    private final Rows rows;
    private final EventLog log;
    private final SupervisedLoop loop;
    private final SealedRows sealed;
    private final long begin;
    private boolean away;
    private boolean begun;
    private volatile @Nullable UnreadableRow unreadable;
    private volatile boolean open = true;

    /// Loads everything; blocks. Follow with [#start].
    /// @throws UnreadableRow when a row cannot be decrypted
    public Feeder(Store store, Datastore datastore, Rows rows, Health health) {
        this.store = store;
        this.rows = rows;
        this.sealed = new SealedRows(rows);
        this.begin = datastore.revision();
        this.log = loaded(datastore);
        this.loop = SupervisedLoop.platform(health, "apiserver-log", this::follow);
    }

    /// Another server may compact while this one loads: then once more, from where history begins now.
    private EventLog loaded(Datastore datastore) {
        for (int attempt = 1;; attempt++) {
            long from = Math.max(1, Math.max(datastore.compactRevision(), datastore.revision() - REPLAYED));
            try {
                return new EventLog(load(datastore, from, SnapshotTree.empty()), from);
            } catch (Compacted e) {
                if (attempt == COMPACTIONS) {
                    throw new DatastoreUnavailable("loading: compacted " + COMPACTIONS + " times meanwhile", e, false);
                }
                LOG.log(System.Logger.Level.INFO, "compacted while loading, once more revision={0}",
                        Long.toString(from));
            }
        }
    }

    /// The log this feeds.
    public EventLog log() {
        return log;
    }

    /// Begins to follow the datastore.
    public void start() {
        loop.start();
    }

    private SnapshotTree<Item> load(Datastore datastore, long revision, SnapshotTree<Item> before) {
        List<String> keys = new ArrayList<>();
        List<Item> items = new ArrayList<>();
        PageSize size = new PageSize();
        String from = "";
        boolean more = true;
        while (more) {
            Page page = datastore.range(Keys.ROOT, from, size.rows(), revision);
            for (Entry e : page.entries()) {
                Item item = item(datastore, e, before.get(e.key()));
                if (item != null) {
                    keys.add(e.key());
                    items.add(item);
                }
                from = e.key() + "\0";
            }
            size.seen(page.entries());
            more = page.more();
        }
        return SnapshotTree.ofSorted(keys.toArray(String[]::new), items.toArray());
    }

    /// A row of the time before this server; null for one that has been replaced since and whose key is gone.
    /// @throws UnreadableRow when one that still counts cannot be decrypted: the server does not start without its
    ///         keys. One that came later waits for its key (see [SealedRows]).
    private @Nullable Item item(Datastore datastore, Entry row, @Nullable Item before) {
        Item item = rows.item(row);
        return !(item instanceof Unreadable unread) ? item
                : standsFor(datastore, unread) ? unread.after(before) : null;
    }

    /// Whether a row that cannot be read still counts.
    /// @throws UnreadableRow as [#item]
    private boolean standsFor(Datastore datastore, Unreadable row) {
        if (row.sealed()) {
            if (superseded(datastore, row.storeKey(), row.revision())) {
                return false;
            }
            if (row.revision() <= begin) {
                throw new UnreadableRow(row.why());
            }
            sealed.add(row);
        }
        LOG.log(System.Logger.Level.ERROR, "row cannot be read key={0} revision={1}: {2}", row.storeKey(),
                Long.toString(row.revision()), row.why());
        return true;
    }

    /// Called again after a failure, which may have left a step half taken: then everything is loaded anew.
    private void follow() throws InterruptedException {
        boolean anew = begun;
        begun = true;
        while (open) {
            Datastore datastore = store.await(RETRY_MILLIS);
            if (datastore == null) {
                continue;
            }
            try {
                if (anew) {
                    reload(datastore, "begins anew after a failure");
                    anew = false;
                }
                follow(datastore);
            } catch (DatastoreUnavailable e) {
                if (open) {
                    away(e);
                    store.awaitOther(datastore, RETRY_MILLIS);
                }
            } catch (UnreadableRow lost) {
                LOG.log(System.Logger.Level.ERROR, "cannot follow the datastore: {0}", lost.getMessage());
                unreadable = lost;
                log.close();
                return;
            }
        }
    }

    private void follow(Datastore datastore) throws InterruptedException {
        try (Watch watch = datastore.watch(Keys.ROOT, log.newest().revision())) {
            pump(datastore, watch);
        } catch (Compacted e) {
            reload(datastore, "fell behind compaction");
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
    private void reload(Datastore datastore, String why) {
        LOG.log(System.Logger.Level.WARNING, "{0}, loading again revision={1}", why,
                Long.toString(log.newest().revision()));
        long revision = datastore.revision();
        try {
            sealed.clear();
            log.replace(load(datastore, revision, log.newest().tree()), revision);
        } catch (Compacted e) {
            LOG.log(System.Logger.Level.DEBUG, "compacted while loading, once more revision={0}", revision);
        }
    }

    private void pump(Datastore datastore, Watch watch) throws InterruptedException {
        while (open) {
            Watch.Batch batch = watch.next(sealed.isEmpty() ? TICK : KEY_LOOK);
            for (Change c : batch.changes()) {
                byte[] bytes = c.bytes();
                if (bytes == null) {
                    log.apply(c.key(), c.revision(), c.creation(), null);
                } else {
                    apply(datastore, c, rows.item(c.key(), bytes, c.createRevision(), c.revision()));
                }
            }
            log.publish(batch.revision());
            sealed.look(log);
            away = false;
        }
    }

    /// A row that was encrypted with a key of the past and has been replaced since is passed over. One with a key that
    /// is not known here stands as unreadable until the key is there: another server has begun to use it, and the
    /// supervisor brings it from the bootstrap record. Nobody else waits for it.
    private void apply(Datastore datastore, Change c, Item after) {
        if (!(after instanceof Unreadable row) || standsFor(datastore, row)) {
            log.apply(c.key(), c.revision(), c.creation(), after);
        }
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
        loop.interrupt();
        log.close();
        try {
            loop.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
