package io.k3j.watchcache;

import io.k3j.componentapi.Health;
import io.k3j.componentbase.Deadlines;
import io.k3j.componentbase.SupervisedLoop;
import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Watch;
import io.k3j.encryption.UnreadableRow;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fills the event log: once from a range, then from the one watch the server has on the datastore (upstream's
/// reflector of the watch cache).
///
/// ```
/// range at an older revision ─► watch from there ─► batches ─► EventLog
///          ▲                        ├─ store away: the same watch once more, a moment later
///          └──── compacted ─────────┘
/// ```
///
/// One thread, `apiserver-log`, a platform thread, which goes on while requests keep all carriers busy. The store
/// may be swapped or away at any time; reads go on from memory meanwhile. What it cannot get over (a row of the
/// time before the start that nobody can decrypt) closes the log, and [#unreadable] tells why.
public final class Feeder implements AutoCloseable {
    /// How many revisions before the newest one are replayed at the start, so that watches of the predecessor's
    /// clients can resume.
    public static final long REPLAYED = 1_000;
    /// How often loading begins again because of a compaction. Each takes hold of a newer revision; more than that
    /// means that something compacts without a pause.
    private static final int COMPACTIONS = 10;
    /// How long the watch is waited for at once; progress without changes is published as often.
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 250;
    /// How long [#close] waits for the thread; a store that does not answer must not hold up the end of the
    /// process.
    private static final long STOP_MILLIS = 2_000;
    /// How often the check is whether a key has come.
    private static final Duration KEY_LOOK = Duration.ofMillis(250);
    private static final System.Logger LOG = System.getLogger("io.k3j.watchcache");
    private final Store store;
    private final Rows rows;
    private final EventLog log;
    private final SupervisedLoop loop;
    private final Deadlines deadlines;
    private final SealedRows sealed;
    /// The store's revision when loading began. A row of that time has to be readable, a later one may wait for its
    /// key.
    private final long begin;
    private boolean away;
    /// Whether [#follow] has run before: it is called again only after a failure.
    private boolean begun;
    private volatile @Nullable UnreadableRow unreadable;
    private volatile boolean open = true;

    /// Loads everything; blocks until all objects are in memory. Follow with [#start].
    ///
    /// @param store whose datastore is followed; asked anew after each failure
    /// @param datastore the one to load from
    /// @throws UnreadableRow when a row cannot be decrypted
    /// @throws DatastoreUnavailable when it cannot be read, or is compacted again and again meanwhile
    public Feeder(Store store, Datastore datastore, Rows rows, Health health) {
        this.store = store;
        this.rows = rows;
        this.sealed = new SealedRows(rows, System::nanoTime);
        this.begin = datastore.revision();
        this.deadlines = new Deadlines(health, "apiserver-log-deadlines");
        this.log = loaded(datastore);
        this.loop = SupervisedLoop.platform(health, "apiserver-log", this::follow);
    }

    /// Another server may compact while this one loads: then once more, from where history begins now.
    private EventLog loaded(Datastore datastore) {
        for (int attempt = 1;; attempt++) {
            long from = Math.max(1, Math.max(datastore.compactRevision(), datastore.revision() - REPLAYED));
            try {
                return new EventLog(load(datastore, from, SnapshotTree.empty()), from, deadlines::park,
                        System::nanoTime);
            } catch (Compacted e) {
                if (attempt == COMPACTIONS) {
                    throw new DatastoreUnavailable("loading: compacted " + COMPACTIONS + " times meanwhile", e, false);
                }
                LOG.log(System.Logger.Level.INFO, "Revision compacted while loading, loading again revision={0}",
                        Long.toString(from));
            }
        }
    }

    /// The log this feeds.
    public EventLog log() {
        return log;
    }

    /// Begins to follow the datastore. Once.
    public void start() {
        deadlines.start();
        loop.start();
    }

    /// Pages come in the order of keys and of one revision, so the tree is built without a search.
    ///
    /// @param before what was known, so that a row which has become unreadable keeps its last readable version
    private SnapshotTree<Item> load(Datastore datastore, long revision, SnapshotTree<Item> before) {
        SnapshotTree.Ascending<Item> loaded = new SnapshotTree.Ascending<>();
        try (ReadAhead pages = new ReadAhead(datastore, revision)) {
            for (List<Entry> page = pages.next(); !page.isEmpty(); page = pages.next()) {
                for (Entry e : page) {
                    Item item = item(datastore, e, before.get(e.key()));
                    if (item != null) {
                        loaded.add(e.key(), item);
                    }
                }
            }
        }
        return loaded.tree();
    }

    /// A row of the time before this server; null for one that has been replaced since and whose key is gone.
    /// @throws UnreadableRow when one that still counts cannot be decrypted: the server does not start without its
    ///         keys. One that came later waits for its key (see [SealedRows]).
    private @Nullable Item item(Datastore datastore, Entry row, @Nullable Item before) {
        Item item = rows.item(row);
        return !(item instanceof Unreadable unread) ? item
                : standsFor(datastore, unread) ? unread.after(before) : null;
    }

    /// Whether a row that cannot be read still counts. One whose key is only away costs nothing but its place in the
    /// line: another server may write all rows once more with a key that is not to be had here.
    /// @throws UnreadableRow as [#item]
    private boolean standsFor(Datastore datastore, Unreadable row) {
        if (row.passing() && (row.revision() > begin || serving())) {
            sealed.add(row);
            return true;
        }
        if (row.sealed()) {
            if (superseded(datastore, row.storeKey(), row.revision())) {
                return false;
            }
            if (row.revision() <= begin) {
                UnreadableRow why = row.passing() ? UnreadableRow.passing(row.waitsFor(), row.why(), "Unavailable")
                        : new UnreadableRow(row.why());
                throw why.with(new UnreadableRow.Row(row.storeKey(), row.row()));
            }
            sealed.add(row);
        }
        LOG.log(System.Logger.Level.ERROR, "Cannot decode stored object key={0} revision={1} error={2}", row.storeKey(),
                Long.toString(row.revision()), row.why());
        return true;
    }

    /// Whether all rows of the time before the start have been read: a key that has been forgotten since, and cannot be
    /// had when everything is loaded again, ends nothing.
    private boolean serving() {
        return begun && log.newest().revision() >= begin;
    }

    /// Called again after a failure, which may have left a step half taken: then everything is loaded again.
    private void follow() throws InterruptedException {
        boolean anew = begun;
        begun = true;
        while (open) {
            Datastore datastore = store.await(RETRY_MILLIS);
            if (datastore == null) {
                continue;
            }
            try {
                anew = anew && !reload(datastore, "begins anew after a failure");
                if (!anew) {
                    follow(datastore);
                }
            } catch (DatastoreUnavailable e) {
                if (open) {
                    away(e);
                    store.awaitOther(datastore, RETRY_MILLIS);
                }
            } catch (UnreadableRow lost) {
                LOG.log(System.Logger.Level.ERROR, "Cannot watch the datastore error={0}", lost.getMessage());
                unreadable = lost;
                log.close();
                return;
            }
        }
    }

    /// Follows until the watch fails. It begins after the newest snapshot, not after what was applied: what was not
    /// settled is told again.
    private void follow(Datastore datastore) throws InterruptedException {
        try (Watch watch = datastore.watch(StorageKeys.ROOT, log.resume())) {
            pump(datastore, watch);
        } catch (Compacted e) {
            reload(datastore, "fell behind compaction");
        }
    }

    /// Says so once. The next one is said only after a batch has come.
    private void away(DatastoreUnavailable e) {
        if (!away) {
            away = true;
            LOG.log(System.Logger.Level.WARNING, "Datastore watch ended, watching again error={0}", e.getMessage());
        }
    }

    /// The steps since then are gone from the datastore: takes the snapshot as it is now. Loading may be overtaken
    /// by another compaction; then everything stays as it was, the rows that wait for their key included.
    ///
    /// @return whether the snapshot was taken; else the caller tries again
    private boolean reload(Datastore datastore, String why) {
        LOG.log(System.Logger.Level.WARNING, "Loading all objects again reason={0} revision={1}", why,
                Long.toString(log.newest().revision()));
        long revision = store.revision(datastore, log.newest().revision());
        try {
            log.replace(load(datastore, revision, log.newest().tree()), revision);
            return true;
        } catch (Compacted e) {
            LOG.log(System.Logger.Level.DEBUG, "Revision compacted while loading, loading again revision={0}",
                    revision);
            return false;
        }
    }

    /// A batch is published as a whole, with its revision, even if it is empty. It has no revision only in part.
    private void pump(Datastore datastore, Watch watch) throws InterruptedException {
        while (open) {
            Watch.Batch batch = watch.next(sealed.isEmpty() ? TICK : KEY_LOOK);
            for (Change c : batch.changes()) {
                byte[] bytes = c.bytes();
                if (bytes == null) {
                    sealed.forget(c.key());
                    log.apply(c.key(), c.revision(), c.creation(), null);
                } else {
                    apply(datastore, c, rows.item(c.key(), bytes, c.createRevision(), c.revision()));
                }
            }
            log.publish(batch.revision());
            sealed.look(log, KEY_LOOK);
            away = false;
        }
    }

    /// A row that was encrypted with a key of the past and has been replaced since is passed over. One with a key that
    /// is not known here stands as unreadable until the key is there: another server has begun to use it, and the
    /// supervisor brings it from the bootstrap record. Nobody else waits for it.
    private void apply(Datastore datastore, Change c, Item after) {
        sealed.forget(c.key());
        if (!(after instanceof Unreadable row) || standsFor(datastore, row)) {
            log.apply(c.key(), c.revision(), c.creation(), after);
        }
    }

    /// Whether the key has a newer version or none by now: then nothing is lost by leaving this one out.
    private static boolean superseded(Datastore datastore, String key, long revision) {
        return datastore.get(key).filter(now -> now.revision() == revision).isEmpty();
    }

    /// Why a row of the time before the start cannot be read, null when all can. Once it is set the log is closed.
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
        deadlines.close();
    }
}
