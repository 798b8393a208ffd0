package io.k3j.testkitobjects;

import io.k3j.apirequests.Bodies;
import io.k3j.apirequests.Request;
import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Audit;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.KindCatalog;
import io.k3j.apiserverapi.KindHooks;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.codec.Json;
import io.k3j.codec.Protobuf;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentapi.HealthReport;
import io.k3j.componentapi.HealthScope;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.flowcontrol.BodyBudget;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Admissions;
import io.k3j.objectregistry.Completeness;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.Kinds;
import io.k3j.objectregistry.Metadata;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.Remarks;
import io.k3j.objectregistry.Shaping.Wish;
import io.k3j.objectregistry.Slot;
import io.k3j.objectregistry.Storage;
import io.k3j.objectregistry.Target;
import io.k3j.schema.Schemas;
import io.k3j.testkit.HostileRequest;
import io.k3j.testkitedge.FakeExchange;
import io.k3j.watchcache.EncryptionAtRest;
import io.k3j.watchcache.EventLog;
import io.k3j.watchcache.Feeder;
import io.k3j.watchcache.Fence;
import io.k3j.watchcache.PastState;
import io.k3j.watchcache.Rows;
import io.k3j.watchcache.StorageKeys;
import io.k3j.watchcache.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// Writes of objects from their bytes to the store, on the thread that asks, so that what one costs can be measured:
/// without sockets and authorization.
public final class ObjectServer implements AutoCloseable {
    /// A heap in which bodies count as what they weigh, however heavy.
    public static final long PLENTY = 1L << 40;
    private static final long CATCH_UP_MILLIS = 30_000;
    private static final int MOST_WARNINGS = 10_000;
    private final MemoryDatastore datastore = new MemoryDatastore();
    private final Kinds kinds = new Kinds();
    private final BodyBudget budget;
    private final Bodies bodies;
    private final ObjectRegistry objects;
    private final Feeder feeder;
    private final Fence fence;
    private final boolean builtIn;
    private final Troubles health = new Troubles();
    private long weight;
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, String> annotations = new ConcurrentHashMap<>();
    private volatile Audit.Level recorded = Audit.Level.METADATA;

    /// What it knows of kinds.
    ///
    /// @param kinds that it serves
    /// @param hooks of their groups
    /// @param admissions in their order
    /// @param builtIn whether they are Kubernetes' own, which alone have merge keys
    public record Serving(Collection<ResourceKind> kinds, List<KindHooks> hooks, List<Admission> admissions,
            boolean builtIn) {
    }

    private record Table(Collection<ResourceKind> kinds) implements KindCatalog {
    }

    /// Keeps what is not well.
    private static final class Troubles implements Health {
        private final List<String> troubles = new CopyOnWriteArrayList<>();

        @Override
        public HealthScope scope(String component) {
            return new HealthScope() {
                @Override
                public void report(HealthLevel level, String message) {
                    if (level == HealthLevel.DEGRADED || level == HealthLevel.STOPPED) {
                        troubles.add(component + ": " + message);
                    }
                }

                @Override
                public void close() {
                    // nothing was kept
                }
            };
        }

        @Override
        public List<HealthReport> reports() {
            return List.of();
        }
    }

    /// Serves at once.
    ///
    /// @param heapBytes what it believes to have
    public ObjectServer(long heapBytes, Serving serving) {
        Schemas schemas = new Schemas();
        builtIn = serving.builtIn;
        kinds.put(new Table(serving.kinds), Map.of());
        serving.hooks.forEach(h -> kinds.put(h, Map.of()));
        Protobuf protobuf = new Protobuf(schemas);
        bodies = new Bodies(protobuf);
        budget = new BodyBudget(heapBytes / BodyBudget.HEAP_PART, ObjectDecoder.MAX_BYTES);
        Store store = new Store(EncryptionAtRest.none());
        store.use(datastore);
        Rows rows = new Rows(protobuf, store.atRest());
        feeder = new Feeder(store, datastore, rows, health);
        EventLog log = feeder.log();
        feeder.start();
        log.atLeast(datastore.revision(), CATCH_UP_MILLIS);
        fence = new Fence(store, log, new Fence.Mode(datastore.shared(), false), InstantSource.system(), health);
        fence.start();
        Random random = new Random(1);
        objects = new ObjectRegistry(new Storage(store, log, fence, new PastState(store, rows)), kinds,
                new Admissions(slot(serving.admissions), () -> {
                }, Runnable::run, Admissions.Observer.NONE), protobuf,
                new Metadata(InstantSource.system(), random, () -> new UUID(0, random.nextLong())));
    }

    private static Slot<Admission> slot(List<Admission> admissions) {
        Slot<Admission> slot = Slot.lowestFirst("order", Completeness.declared(Set.of(), e -> ""));
        for (int i = 0; i < admissions.size(); i++) {
            slot.add(admissions.get(i), Map.of("order", i));
        }
        return slot;
    }

    /// What the budget took for the last request that was received, in bytes: of its body and of what it meets.
    public long weight() {
        return weight;
    }

    /// What its own threads said of their failures so far. A copy.
    public List<String> troubles() {
        return List.copyOf(health.troubles);
    }

    /// As a server does from time to time: the datastore keeps every version until then.
    private void compact() {
        long newest = datastore.revision();
        if (newest - datastore.compactRevision() > 2 * Feeder.REPLAYED) {
            datastore.compact(newest - Feeder.REPLAYED);
        }
    }

    /// Answers a request.
    /// @return the code and what is said of it
    public String serve(HostileRequest hostile) throws IOException {
        compact();
        Request request = new Request(new FakeExchange(hostile.method(), hostile.path())
                .with("content-type", hostile.type()).body(hostile.body()));
        try (BodyBudget.Room room = request.receive(budget)) {
            return written(request, room);
        } catch (ApiFault f) {
            return f.code() + " " + new String(Json.bytes(f.status()), StandardCharsets.UTF_8);
        }
    }

    private String written(Request request, BodyBudget.Room room) throws IOException {
        ResourceKind kind = kinds.find(request.info().gvr()).orElseThrow();
        if (!request.info().verb().equals("create")) {
            room.meets(objects.reads().known(new Target(kind, kinds), request.info().key()));
        }
        weight = budget.taken();
        Intent intent = new Intent(new Target(kind, kinds), request.info().key(), "",
                request.caller(), !request.params().text("dryRun").isEmpty(), request.params().text("fieldManager"),
                request.params().flag("force"), Struct.EMPTY, null, remarks());
        ObjectDecoder.Expected expected = new ObjectDecoder.Expected(kind.gvk(), kind.shape(),
                request.params().text("fieldValidation"), request::warn);
        switch (request.info().verb()) {
            case "create" -> objects.writes().create(intent, Wish.plain(bodies.object(request, expected)));
            case "update" -> {
                Struct object = bodies.object(request, expected);
                objects.writes().change(intent, before -> Wish.plain(object));
            }
            default -> patch(intent, bodies.patch(request, builtIn), expected);
        }
        return "200";
    }

    private void patch(Intent intent, Patch patch, ObjectDecoder.Expected expected) {
        if (patch instanceof Patch.Apply apply && !objects.writes().present(intent)) {
            objects.writes().create(intent, objects.patches().apply(intent, Struct.EMPTY, apply.wanted(), expected));
        } else {
            objects.writes().change(intent, (Obj before) -> objects.patches().wish(intent, patch, before, expected));
        }
    }

    private Remarks remarks() {
        return new Remarks() {
            @Override
            public void accept(String warning) {
                // each costs the same however many there were: what is asked costs is measured
                if (warnings.size() < MOST_WARNINGS) {
                    warnings.add(warning);
                }
            }

            @Override
            public void annotate(String key, String value) {
                annotations.put(key, value);
            }

            @Override
            public Audit.Level recorded() {
                return recorded;
            }
        };
    }

    /// Has later writes audited at a level; without it they are at that of metadata.
    public void audit(Audit.Level level) {
        recorded = level;
    }

    /// What was told to the audit, of every write so far.
    public Map<String, String> annotations() {
        return annotations;
    }

    /// Every warning of every write so far, as long as there were few. A copy.
    public List<String> warnings() {
        return List.copyOf(warnings);
    }

    /// An object as it is stored.
    public Optional<Obj> stored(Gvr resource, Key key) {
        ResourceKind kind = kinds.find(resource).orElseThrow();
        return Optional.ofNullable(objects.reads().newest(StorageKeys.of(kind, key)))
                .map(new Target(kind, kinds)::object);
    }

    /// Deletes an object.
    /// @return the code and what is said of it
    public String delete(Gvr resource, Key key) {
        ResourceKind kind = kinds.find(resource).orElseThrow();
        Intent intent = new Intent(new Target(kind, kinds), key, "", Caller.ANONYMOUS, false, "", false, Struct.EMPTY,
                null, remarks());
        try {
            objects.deletes().delete(intent, DeleteOptions.PLAIN);
            return "200";
        } catch (ApiFault f) {
            return f.code() + " " + new String(Json.bytes(f.status()), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        fence.close();
        feeder.close();
        datastore.close();
    }
}
