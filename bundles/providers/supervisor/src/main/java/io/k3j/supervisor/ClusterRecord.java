package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.componentapi.ClusterDecisions;
import io.k3j.componentapi.SwapRefused;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.Watch;
import io.k3j.model.Struct;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What was decided about components for the cluster, in rows of its datastore that the API does not serve:
///
/// | row | holds |
/// |---|---|
/// | `k3s/components` | by feature whether it is to run; replaced by compare and set |
/// | `k3s/component-reports/<server>` | what that server says of it, for five minutes |
///
/// No role and no certificate of a node leads to these rows. They do not depend on the server token, so a new one
/// changes nothing about them.
final class ClusterRecord implements ClusterDecisions, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String KEY = "k3s/components";
    private static final String REPORTS = "k3s/component-reports/";
    private static final Duration REPORT_LIFE = Duration.ofMinutes(5);
    private static final int MOST_SERVERS = 1000;

    private final Supplier<@Nullable Datastore> datastore;
    private final String name;
    private @Nullable Watch watch;
    private boolean closed;

    /// @param name the name of this server
    ClusterRecord(Supplier<@Nullable Datastore> datastore, String name) {
        this.datastore = datastore;
        this.name = name;
    }

    @Override
    public Decided decided() {
        return asked(ClusterRecord::read);
    }

    @Override
    public Decided next(Decided known, Duration atMost) throws InterruptedException {
        Datastore store = store();
        try (Watch changes = store.watch(KEY, store.revision())) {
            install(changes);
            Decided now = read(store);
            if (!now.equals(known)) {
                return now;
            }
            changes.next(atMost);
            return read(store);
        } catch (DatastoreUnavailable | Compacted away) {
            throw away(away);
        }
    }

    private synchronized void install(Watch changes) {
        if (closed) {
            throw new SwapRefused("the supervisor is being replaced; try again");
        }
        watch = changes;
    }

    @Override
    public Decided decide(Decided now) {
        byte[] value = Json.bytes(Struct.of("components", Struct.copyOf(new TreeMap<>(now.components()))));
        return switch (asked(store -> store.commit(KEY, now.revision(), value, Duration.ZERO))) {
            case CommitResult.Committed committed -> {
                LOG.log(Level.INFO, "Decided for the cluster components={0}", new TreeMap<>(now.components()));
                yield new Decided(committed.revision(), now.components());
            }
            case CommitResult.Conflict _ -> throw new SwapRefused("another server has just decided something for the"
                    + " cluster; nothing was changed; look, and type it again: k3s component status --cluster");
        };
    }

    @Override
    public void report(long revision, Map<String, String> states) {
        byte[] value = Json.bytes(Struct.of("revision", revision, "states",
                Struct.copyOf(new TreeMap<>(states))));
        asked(store -> store.commit(REPORTS + name, store.get(REPORTS + name).map(Entry::revision).orElse(0L), value,
                REPORT_LIFE));
    }

    @Override
    public List<Report> reports() {
        return asked(store -> store.range(REPORTS, "", MOST_SERVERS, 0).entries()).stream().map(ClusterRecord::report)
                .toList();
    }

    private static Report report(Entry entry) {
        Struct json = json(entry);
        return new Report(entry.key().substring(REPORTS.length()), json.whole("revision", 0),
                json.struct("states").texts());
    }

    private static Decided read(Datastore store) {
        Optional<Entry> entry = store.get(KEY);
        if (entry.isEmpty()) {
            return new Decided(0, Map.of());
        }
        Map<String, Boolean> components = new HashMap<>();
        json(entry.get()).struct("components").forEach((feature, on) -> components.put(feature, on.equals(true)));
        return new Decided(entry.get().revision(), components);
    }

    private static Struct json(Entry entry) {
        try {
            return Json.object(entry.value());
        } catch (MalformedInput unreadable) {
            throw new SwapRefused("the row " + entry.key() + " of the datastore cannot be read: "
                    + unreadable.getMessage(), unreadable);
        }
    }

    private <R> R asked(Function<Datastore, R> question) {
        try {
            return question.apply(store());
        } catch (DatastoreUnavailable unavailable) {
            throw away(unavailable);
        }
    }

    private Datastore store() {
        Datastore store = datastore.get();
        if (store == null) {
            throw new SwapRefused("the datastore is not there yet; try again");
        }
        return store;
    }

    private static SwapRefused away(RuntimeException reason) {
        String doubt = reason instanceof DatastoreUnavailable unavailable && unavailable.outcomeUnknown()
                ? "; it may have been decided all the same: k3s component status --cluster" : "";
        return new SwapRefused("the datastore is away: " + reason.getMessage() + doubt, reason);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (watch != null) {
            watch.close();
        }
    }
}
