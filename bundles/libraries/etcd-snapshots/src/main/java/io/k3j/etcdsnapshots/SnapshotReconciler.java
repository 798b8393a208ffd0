package io.k3j.etcdsnapshots;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Events;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps one `ETCDSnapshotFile` for each snapshot this server sees, as K3s does: objects follow files, never the other
/// way. An object somebody deletes comes back with the next look as long as its file is there. One that says why there
/// is no snapshot stays for a day. Each that comes or goes leaves an Event.
///
/// Servers do this side by side: each for its own disk, all for S3. What another one changed meanwhile is a conflict,
/// and the next look finds it done. For one look and one thread; every method blocks for requests.
final class SnapshotReconciler implements AutoCloseable {
    private static final Gvr FILES = Gvr.of(SnapshotFile.API, "etcdsnapshotfiles");
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    /// K3s' annotation of the Node, with `local` or `s3` in it.
    private static final String LOOKED = "etcd.k3s.cattle.io/%s-snapshots-timestamp";
    private static final int CONFLICT = 409;
    /// How long an object tells of a failure.
    private static final Duration FAILURE = Duration.ofHours(24);
    /// Another server tells of its copy in S3 before this one's list may have it.
    private static final Duration COPYING = Duration.ofMinutes(1);
    private final ApiClient client;
    private final String node;
    private final InstantSource clock;
    private final Events events;

    /// @param node this server's
    SnapshotReconciler(ApiClient client, String node, InstantSource clock) {
        this.client = client;
        this.node = node;
        this.clock = clock;
        events = new Events(client, "k3s-supervisor", node, TimeSource.system());
    }

    /// Tells of one the API does not know. An object of that name is taken over: a look before this one may have ended
    /// between its two requests.
    /// @throws ApiFault when the API refuses it
    void tell(SnapshotFile file) {
        Obj made;
        try {
            made = client.create(FILES, Obj.of(file.object().without("status")), WriteOptions.PLAIN);
        } catch (ApiFault known) {
            if (known.code() != CONFLICT) {
                throw known;
            }
            made = client.get(FILES, Key.of(file.objectName()));
        }
        Obj whole = client.update(FILES, made.with(file.status(), "status"), WriteOptions.STATUS);
        if (file.error().isEmpty()) {
            events.normal(whole, "ETCDSnapshotCreated", "Snapshot " + file.name() + " saved on " + file.node());
        } else {
            events.warning(whole, "ETCDSnapshotFailed", "Failed to save snapshot " + file.name() + " on "
                    + file.node() + ": " + file.error());
        }
    }

    /// Makes the objects as the snapshots of these storages. A storage that is missing in `all` could not be asked: its
    /// objects stay as they are.
    ///
    /// @param all the snapshots by storage
    /// @param members the nodes with etcd; objects of others go, unless none is known
    /// @param deleted those that went on purpose, with what is said of their failures
    /// @throws ApiFault when the API refuses something; what was done stays
    void reconcile(Map<String, List<SnapshotFile>> all, Set<String> members, Set<String> deleted) {
        List<Obj> there = new ArrayList<>(client.list(FILES, Query.ALL).items());
        all.forEach((storage, files) -> {
            Map<String, SnapshotFile> wanted = new HashMap<>();
            files.forEach(file -> wanted.put(file.objectName(), file));
            for (Obj one : there) {
                if (storage.equals(storage(one))) {
                    keep(one, wanted.remove(one.name()), deleted);
                }
            }
            wanted.values().forEach(this::tell);
            annotate(storage.equals(SnapshotFile.S3) ? "s3" : "local");
        });
        there.stream().filter(one -> gone(storage(one), members)).forEach(this::delete);
        new SnapshotMirror(all.keySet()).step(client, client.list(FILES, Query.ALL).items());
    }

    /// Empty for an object somebody made without the label.
    private static String storage(Obj one) {
        return one.labels().getOrDefault(SnapshotFile.STORAGE, "");
    }

    /// Whether an object is about the disk of a node that has no etcd any more: nobody else would delete it.
    private boolean gone(String storage, Set<String> members) {
        return !members.isEmpty() && !members.contains(storage) && !storage.equals(node)
                && !storage.equals(SnapshotFile.S3);
    }

    /// @param file null when there is no such snapshot
    private void keep(Obj there, @Nullable SnapshotFile file, Set<String> deleted) {
        if (file == null) {
            if (deleted.contains(there.spec().text("snapshotName")) || !fresh(there)) {
                delete(there);
            }
        } else if (!there.status().equals(file.status())) {
            client.update(FILES, there.with(file.status(), "status"), WriteOptions.STATUS);
        }
    }

    /// Whether an object without a snapshot is left alone for now.
    private boolean fresh(Obj object) {
        Instant now = clock.instant();
        String failed = object.status().struct("error").text("time");
        if (!failed.isEmpty()) {
            return now.isBefore(time(failed).plus(FAILURE));
        }
        return storage(object).equals(SnapshotFile.S3)
                && now.isBefore(time(object.metadata().text("creationTimestamp")).plus(COPYING));
    }

    /// Long ago for what is no time: an object somebody wrote by hand goes.
    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException odd) {
            return Instant.EPOCH;
        }
    }

    /// Only the object that was read, by its uid: a new one of the same name is about a new snapshot.
    private void delete(Obj object) {
        client.delete(FILES, object.key(), DeleteOptions.PLAIN.ifUid(object.uid()));
        events.normal(object, "ETCDSnapshotDeleted", "Snapshot " + object.spec().text("snapshotName") + " deleted");
    }

    /// Says on the Node that its snapshots are told, and when.
    private void annotate(String storage) {
        Obj own = client.find(NODES, Key.of(node)).orElse(null);
        if (own != null) {
            client.update(NODES, own.with(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), "metadata",
                    "annotations", LOOKED.replace("%s", storage)), WriteOptions.PLAIN);
        }
    }

    /// Writes the Events that were noted; blocks for requests.
    @Override
    public void close() {
        while (events.step()) {
            continue;
        }
    }
}
