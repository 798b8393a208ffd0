package io.k3j.apiserver;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Protobuf;
import io.k3j.datastoreapi.Change;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Page;
import io.k3j.datastoreapi.Watch;
import io.k3j.model.Gvk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fills the event log: once from a range, then from the one watch the server has on the datastore.
final class Feeder implements AutoCloseable {
    /// How many revisions before the newest one are replayed at the start, so that watches of the
    /// predecessor's clients can resume.
    static final long REPLAYED = 1_000;
    private static final int PAGE = 2_000;
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long RETRY_MILLIS = 1_000;
    private static final long STOP_MILLIS = 2_000;
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Store store;
    private final Protobuf protobuf;
    private final EventLog log;
    private final Thread thread;
    private volatile boolean open = true;

    /// Loads everything; blocks. Follow with [#start].
    Feeder(Store store, Datastore datastore, Protobuf protobuf) {
        this.store = store;
        this.protobuf = protobuf;
        long newest = datastore.revision();
        long from = Math.max(1, Math.max(datastore.compactRevision(), newest - REPLAYED));
        this.log = new EventLog(load(datastore, from), from);
        this.thread = Thread.ofPlatform().name("apiserver-log").daemon().unstarted(this::follow);
    }

    /// The log this feeds.
    EventLog log() {
        return log;
    }

    /// Begins to follow the datastore.
    void start() {
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
                Item item = item(e.key(), e.value(), e.createRevision(), e.revision());
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

    /// A row in our form; null when it is none of an object (it is left alone).
    private @Nullable Item item(String key, byte[] value, long createRevision, long revision) {
        try {
            return new Item(key, ours(value), createRevision, revision);
        } catch (MalformedInput | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.WARNING, "row skipped key={0} revision={1}: {2}", key, revision,
                    e.getMessage());
            return null;
        }
    }

    private byte[] ours(byte[] value) {
        if (Protobuf.enveloped(value)) {
            return Json.stored(protobuf.object(value, new Gvk("", "", "")));
        }
        return startsAsOurs(value) ? value : Json.stored(Json.object(value));
    }

    private static boolean startsAsOurs(byte[] value) {
        try {
            Json.hole(value);
            return true;
        } catch (MalformedInput e) {
            return false;
        }
    }

    private void follow() {
        while (open) {
            Datastore datastore = store.await(RETRY_MILLIS);
            if (datastore == null) {
                continue;
            }
            try (Watch watch = datastore.watch(Keys.ROOT, log.newest().revision())) {
                pump(watch);
            } catch (Compacted e) {
                reload(datastore);
            } catch (DatastoreUnavailable e) {
                if (open) {
                    LOG.log(System.Logger.Level.WARNING, "datastore away, following again: {0}", e.getMessage());
                    store.awaitOther(datastore, RETRY_MILLIS);
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /// The steps since then are gone from the datastore: takes the picture as it is now.
    private void reload(Datastore datastore) {
        LOG.log(System.Logger.Level.WARNING, "fell behind compaction, loading again revision={0}",
                log.newest().revision());
        long revision = datastore.revision();
        log.replace(load(datastore, revision), revision);
    }

    private void pump(Watch watch) throws InterruptedException {
        while (open) {
            Watch.Batch batch = watch.next(TICK);
            for (Change c : batch.changes()) {
                byte[] bytes = c.bytes();
                log.apply(c.key(), c.revision(), c.creation(),
                        bytes == null ? null : item(c.key(), bytes, c.createRevision(), c.revision()));
            }
            log.publish(batch.revision());
        }
    }

    /// Stops following; waits a moment for the last batch.
    @Override
    public void close() {
        open = false;
        thread.interrupt();
        log.close();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
