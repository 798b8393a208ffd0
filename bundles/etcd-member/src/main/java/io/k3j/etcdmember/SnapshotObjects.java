package io.k3j.etcdmember;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Keeps one `ETCDSnapshotFile` for each snapshot this server sees, as K3s does: objects follow files, never the other
/// way. An object somebody deletes comes back with the next look as long as its file is there.
final class SnapshotObjects implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.etcdmember");
    private static final Gvr FILES = Gvr.of(SnapshotFile.API, "etcdsnapshotfiles");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final String LOOKED = "etcd.k3s.cattle.io/%s-snapshots-timestamp";
    private static final Duration RETRY = Duration.ofSeconds(2);
    private final Source source;
    private final String node;
    private final Supplier<@Nullable ApiClient> api;
    private final Duration interval;
    private final InstantSource clock;
    private final Semaphore due = new Semaphore(0);
    private volatile boolean closed;

    /// What there is now.
    interface Source {
        /// The snapshots by storage; a storage that cannot be asked is missing.
        Map<String, List<SnapshotFile>> all() throws IOException;
    }

    /// `interval` lies between two looks; `node` is this server's.
    SnapshotObjects(Source source, String node, Supplier<@Nullable ApiClient> api, Duration interval,
            InstantSource clock) {
        this.source = source;
        this.node = node;
        this.api = api;
        this.interval = interval;
        this.clock = clock;
    }

    /// Looks again soon: something has changed.
    void poke() {
        due.release();
    }

    /// Looks until [#close].
    void run() throws InterruptedException {
        while (!closed) {
            boolean done = look();
            boolean poked = due.tryAcquire((done ? interval : RETRY).toMillis(), TimeUnit.MILLISECONDS);
            if (poked) {
                due.drainPermits();
            }
        }
    }

    private boolean look() {
        ApiClient client = api.get();
        if (client == null) {
            return false;
        }
        try {
            step(client);
            return true;
        } catch (ApiFault | IOException notNow) {
            LOG.log(System.Logger.Level.DEBUG, "snapshots are told to the API later: " + notNow.getMessage());
            return false;
        }
    }

    /// One look.
    void step(ApiClient client) throws IOException {
        SnapshotKind.ensure(client);
        List<Obj> there = client.list(FILES, Query.ALL).items();
        Map<String, List<SnapshotFile>> all = source.all();
        for (Map.Entry<String, List<SnapshotFile>> storage : all.entrySet()) {
            Map<String, SnapshotFile> wanted = new HashMap<>();
            storage.getValue().forEach(file -> wanted.put(file.objectName(), file));
            for (Obj one : there) {
                if (storage.getKey().equals(one.labels().get(SnapshotFile.STORAGE))) {
                    keep(client, one, wanted.remove(one.name()));
                }
            }
            for (SnapshotFile missing : wanted.values()) {
                Obj made = client.create(FILES, Obj.of(missing.object().without("status")), WriteOptions.PLAIN);
                client.update(FILES, made.with(missing.status(), "status"), WriteOptions.STATUS);
            }
            annotate(client, storage.getKey().equals(SnapshotFile.S3) ? "s3" : "local");
        }
    }

    private static void keep(ApiClient client, Obj there, @Nullable SnapshotFile file) {
        if (file == null) {
            client.delete(FILES, there.key(), DeleteOptions.PLAIN.ifUid(there.uid()));
        } else if (!there.status().equals(file.status())) {
            client.update(FILES, there.with(file.status(), "status"), WriteOptions.STATUS);
        }
    }

    /// Says on the Node that its snapshots are told.
    private void annotate(ApiClient client, String storage) {
        Obj own = client.find(NODES, Key.of(node)).orElse(null);
        if (own != null) {
            client.update(NODES, own.with(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), "metadata",
                    "annotations", LOOKED.replace("%s", storage)), WriteOptions.PLAIN);
        }
    }

    @Override
    public void close() {
        closed = true;
        due.release();
    }
}
