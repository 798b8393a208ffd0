package io.k3j.secretsencryption;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.clusteragreement.Members;
import io.k3j.clusteragreement.Parity;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.supervisorrequests.Refusal;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What each server says about its encryption configuration: stage and hash, as a row `k3s/encryption/<server>` of a
/// shared datastore, by which servers wait for each other, and as K3s' annotation of its Node, if it has one. Any
/// thread; blocks for the datastore and the API.
///
/// Rows and not only annotations, because a server may have no Node, and the API may be away while servers start. A
/// datastore that is not shared needs no rows: there is one server.
public final class EncryptionMarks {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Followed by the name of a server.
    private static final String PREFIX = "k3s/encryption/";
    private static final String ANNOTATION = "k3s.io/encryption-config-hash";
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    /// How long other servers may take to follow: they look when the record changes.
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// Between two looks at the others' rows.
    private static final long LOOK_MILLIS = 100;

    private final Parity.Mine mine;
    private final Supplier<@Nullable ApiClient> client;
    private final InstantSource clock;
    /// Waited for between looks, so that an interrupt ends the wait.
    private final CountDownLatch never = new CountDownLatch(1);
    /// In memory only: after a restart nothing is being encrypted again.
    private volatile boolean active;
    /// What was written last; empty after a start, when it is written once more.
    private volatile String shown = "";
    /// What the Node says; empty after a start, when it is looked at once.
    private volatile String annotated = "";

    /// Of one server.
    ///
    /// @param mine its name, and whether it has a Node
    /// @param client null while there is no API here
    /// @param clock for the list of servers
    public EncryptionMarks(Parity.Mine mine, Supplier<@Nullable ApiClient> client, InstantSource clock) {
        this.mine = mine;
        this.client = client;
        this.clock = clock;
    }

    /// This server's name.
    String name() {
        return mine.name();
    }

    /// Whether Secrets are being encrypted again here. Not in any file: a restart ends it.
    boolean active() {
        return active;
    }

    /// Says that Secrets are being encrypted again, or no more.
    void active(boolean now) {
        active = now;
    }

    /// While Secrets are written again that is the stage, whatever the file says.
    private String mark(EncryptionState state) {
        return active ? state.in(EncryptionState.ACTIVE).mark() : state.mark();
    }

    /// Says what this server has, where it has not said so yet.
    /// @return whether everybody who is told has been told; a Node that is not there yet has not
    /// @throws io.k3j.datastoreapi.DatastoreUnavailable when the row cannot be written
    boolean show(Datastore store, EncryptionState state) {
        String mark = mark(state);
        if (store.shared() && !mark.equals(shown)) {
            Optional<Entry> before = store.get(PREFIX + mine.name());
            store.commit(PREFIX + mine.name(), before.map(Entry::revision).orElse(0L),
                    mark.getBytes(StandardCharsets.UTF_8), Duration.ZERO);
            shown = mark;
        }
        ApiClient api = client.get();
        if (mine.kind().node() && api != null && !mark.equals(annotated) && annotate(api, mark)) {
            annotated = mark;
        }
        return !mine.kind().node() || mark.equals(annotated);
    }

    /// Whether the Node says so now. A refusal counts as not yet: the next step tries again.
    private boolean annotate(ApiClient api, String mark) {
        try {
            Optional<Obj> node = api.find(NODES, Key.of(mine.name()));
            if (node.isEmpty()) {
                return false;
            }
            if (!mark.equals(node.get().annotations().get(ANNOTATION))) {
                api.update(NODES, node.get().with(mark, "metadata", "annotations", ANNOTATION), WriteOptions.PLAIN);
            }
            return true;
        } catch (ApiFault notNow) {
            LOG.log(Level.DEBUG, "Not annotated yet", notNow);
            return false;
        }
    }

    /// Which server differs from this one, in K3s' words; empty when none does. A server that has a Node counts until
    /// that is deleted: one that is down may come back with the keys it had.
    Optional<String> disagreement(Datastore store, EncryptionState state) {
        if (!store.shared()) {
            return Optional.empty();
        }
        for (String other : new Members(store, mine.name(), mine.kind(), clock).others()) {
            String theirs = store.get(PREFIX + other)
                    .map(entry -> new String(entry.value(), StandardCharsets.UTF_8)).orElse("");
            if (!theirs.equals(state.mark())) {
                return Optional.of("hash does not match between " + mine.name() + " and " + other);
            }
        }
        return Optional.empty();
    }

    /// Waits until every server has this, thirty seconds at most.
    /// @throws Refusal 503 naming the one that has not, also when the thread is interrupted
    void await(Datastore store, EncryptionState state) throws Refusal {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<String> why = disagreement(store, state);
        while (why.isPresent()) {
            if (System.nanoTime() - end > 0 || interrupted()) {
                throw new Refusal(503, why.get() + ": it has not taken over the encryption configuration within "
                        + PATIENCE.toSeconds() + " s; is it running? Start it, or delete its Node if it is gone, and"
                        + " give the same command again, which goes on from here");
            }
            why = disagreement(store, state);
        }
    }

    private boolean interrupted() {
        try {
            return never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// The API of this server; the callers write Secrets and Events by it.
    /// @throws Refusal 503 while there is none
    ApiClient api() throws Refusal {
        ApiClient api = client.get();
        if (api == null) {
            throw new Refusal(503, "runtime core not ready");
        }
        return api;
    }
}
