package io.k3j.flowcontrol;

import io.k3j.clientapi.ApiFault;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import io.k3j.watchcache.SnapshotTree;
import io.k3j.watchcache.StorageKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// API priority and fairness as the stored FlowSchemas and PriorityLevelConfigurations say; upstream's
/// `configController` (<https://kubernetes.io/docs/concepts/cluster-administration/flow-control/>).
///
/// ```
/// objects ─► look: schemas in their order, levels with their seats ─► classify: a request's RequestFlow
///                                       demand ─► rebalance: seats of idle levels are lent
/// ```
///
/// Requests read one index that is replaced as a whole ([FlowSchemaIndex]); nothing is listed or compiled for them.
/// Whatever objects there are, a schema `exempt` and a schema `catch-all` are in force; while no `catch-all` is stored,
/// nobody has made the objects every cluster begins with yet, and those that are missing are in force all the same.
///
/// **Threads.** [#classify] and [#width] any, without blocking; the others any, one at a time.
public final class FlowController {
    /// Where flow schemas lie in the store.
    public static final String SCHEMAS = StorageKeys.ROOT + "flowschemas/";
    /// Where priority levels lie in the store.
    public static final String LEVELS = StorageKeys.ROOT + "prioritylevelconfigurations/";
    private static final String EXEMPT = "exempt";
    private static final String CATCH_ALL = "catch-all";
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Supplier<SnapshotTree<Item>> stored;
    private final int total;
    private final ObjLongConsumer<Object> park;
    private final LongSupplier nanos;
    private final ShuffleSharding sharding;
    private final Map<String, PriorityLevel> levels = new HashMap<>();
    private final Map<String, FlowCounts> counts = new HashMap<>();
    private List<Item> seen = List.of();
    private double fraction;
    private long changes;
    private volatile FlowSchemaIndex index;
    private volatile List<PriorityLevel> inForce = List.of();
    private volatile Set<String> sound = Set.of();

    /// In force at once, as what is stored says.
    ///
    /// @param stored gives the newest snapshot of all objects
    /// @param total how many seats all levels have together
    /// @param park as [java.util.concurrent.locks.LockSupport#parkNanos(Object, long)]
    /// @param nanos a monotonic clock
    /// @param random gives what no client can know
    public FlowController(Supplier<SnapshotTree<Item>> stored, int total, ObjLongConsumer<Object> park,
            LongSupplier nanos, RandomGenerator random) {
        this.stored = stored;
        this.total = total;
        this.park = park;
        this.nanos = nanos;
        this.sharding = new ShuffleSharding(random);
        digest(List.of(), List.of());
        look();
    }

    /// The flow of a request: that of the first schema that matches, else of `catch-all`.
    public RequestFlow classify(RequestDigest request) {
        RequestFlow.Match match = index.find(request);
        boolean queued = match.level().spec().queuing().queues() > 0;
        return new RequestFlow(match, request,
                queued ? sharding.hash(match.schema().name(), match.schema().distinguisher(request)) : 0);
    }

    /// How many seats a list takes, or the beginning of a watch.
    ///
    /// @param prefix of the keys that are looked at
    /// @param most how many objects are wanted at most; 0 or less for all
    public int width(RequestFlow flow, String prefix, long most) {
        PriorityLevel level = flow.match().level();
        return level.spec().queuing().exempt() ? 1
                : Math.min(level.widest(), WorkEstimate.seats(stored.get(), prefix, most));
    }

    /// Takes over what objects say now.
    /// @return whether they have changed
    public synchronized boolean look() {
        SnapshotTree<Item> tree = stored.get();
        List<Item> now = new ArrayList<>();
        collect(tree, SCHEMAS, now);
        int schemas = now.size();
        collect(tree, LEVELS, now);
        if (now.equals(seen)) {
            return false;
        }
        seen = now;
        changes++;
        digest(readable(now.subList(0, schemas)), readable(now.subList(schemas, now.size())));
        return true;
    }

    /// How often objects have changed so far.
    public synchronized long changes() {
        return changes;
    }

    private static void collect(SnapshotTree<Item> tree, String prefix, List<Item> into) {
        tree.visit(prefix, StorageKeys.end(prefix), mark -> true, (key, item) -> into.add(item));
    }

    /// A row that cannot be read counts as absent: no reason to fail requests.
    private static List<Struct> readable(List<Item> items) {
        List<Struct> all = new ArrayList<>();
        for (Item item : items) {
            try {
                Item readable = item.readable();
                if (readable != null) {
                    all.add(readable.fresh().tree());
                }
            } catch (ApiFault damaged) {
                LOG.log(System.Logger.Level.WARNING, "Ignored damaged object of flow control key={0}",
                        item.storeKey());
            }
        }
        return all;
    }

    private synchronized void digest(List<Struct> schemas, List<Struct> levelObjects) {
        Map<String, PriorityLevelSpec> specs = specs(levelObjects);
        sound = Set.copyOf(specs.keySet());
        boolean begun = schemas.stream().anyMatch(s -> name(s).equals(CATCH_ALL));
        BootstrapConfiguration.levels().forEach(object -> {
            if (!begun || BootstrapConfiguration.mandatory(name(object))) {
                specs.putIfAbsent(name(object), Objects.requireNonNull(PriorityLevelSpec.of(object)));
            }
        });
        configure(specs);
        Map<String, FlowSchema> all = new HashMap<>();
        schemas.forEach(object -> all.put(name(object), FlowSchema.of(object)));
        all.values().removeIf(schema -> !levels.containsKey(schema.level()));
        BootstrapConfiguration.schemas().forEach(object -> {
            if (!begun || BootstrapConfiguration.mandatory(name(object))) {
                all.putIfAbsent(name(object), FlowSchema.of(object));
            }
        });
        index = new FlowSchemaIndex(matches(all));
        inForce = List.copyOf(levels.values());
        allocate();
    }

    private static String name(Struct object) {
        return object.struct("metadata").text("name");
    }

    private static Map<String, PriorityLevelSpec> specs(List<Struct> objects) {
        Map<String, PriorityLevelSpec> specs = new HashMap<>();
        for (Struct object : objects) {
            PriorityLevelSpec spec = PriorityLevelSpec.of(object);
            if (spec == null) {
                LOG.log(System.Logger.Level.WARNING, "Ignored priority level that contradicts itself name={0}",
                        name(object));
            } else {
                specs.put(spec.name(), spec);
            }
        }
        return specs;
    }

    /// Levels that nobody wants any more keep their seats until who waits there has been served.
    private void configure(Map<String, PriorityLevelSpec> specs) {
        long shares = specs.values().stream().mapToLong(PriorityLevelSpec::shares).sum();
        levels.keySet().retainAll(specs.keySet());
        specs.forEach((name, spec) -> levels.computeIfAbsent(name, n -> new PriorityLevel(spec, park, nanos))
                .configure(spec, total, shares));
    }

    /// In the order in which they are tried; `catch-all` is the last whatever its precedence, since it takes what is
    /// left.
    private List<RequestFlow.Match> matches(Map<String, FlowSchema> all) {
        List<FlowSchema> sorted = new ArrayList<>(all.values());
        sorted.sort(FlowSchema.ORDER);
        FlowSchema last = Objects.requireNonNull(all.get(CATCH_ALL));
        List<RequestFlow.Match> found = new ArrayList<>();
        Map<String, FlowCounts> kept = new HashMap<>();
        for (FlowSchema schema : sorted) {
            found.add(match(schema, kept));
        }
        if (sorted.getLast() != last) {
            found.add(match(last, kept));
        }
        counts.keySet().retainAll(kept.keySet());
        counts.putAll(kept);
        return found;
    }

    private RequestFlow.Match match(FlowSchema schema, Map<String, FlowCounts> kept) {
        PriorityLevel level = Objects.requireNonNull(levels.get(schema.level()));
        String key = schema.name() + "/" + schema.level();
        FlowCounts own = kept.computeIfAbsent(key, k -> {
            FlowCounts known = counts.get(k);
            return known == null ? new FlowCounts(schema.name(), schema.level()) : known;
        });
        return new RequestFlow.Match(schema, level, own);
    }

    /// Lends seats anew by what was asked for since the last time; called every ten seconds, as upstream does.
    public synchronized void rebalance() {
        allocate();
    }

    private void allocate() {
        fraction = Borrowing.share(levels.values());
    }

    /// How many requests have seats: reads, then writes.
    public int[] taken() {
        return both(QueueSet::executing);
    }

    /// How many requests wait: reads, then writes.
    public int[] waiting() {
        return both(QueueSet::waiting);
    }

    private interface OfKind {
        int count(QueueSet seats, boolean write);
    }

    private int[] both(OfKind of) {
        List<PriorityLevel> all = inForce;
        return new int[] {all.stream().mapToInt(l -> of.count(l.seats(), false)).sum(),
                all.stream().mapToInt(l -> of.count(l.seats(), true)).sum()};
    }

    /// How many seats the level of a flow has at present.
    public int limit(RequestFlow flow) {
        return flow.match().level().limits().current();
    }

    /// Whether a priority level of that name is stored and does not contradict itself.
    public boolean stored(String level) {
        return sound.contains(level);
    }

    /// What is in queues and seats now, by upstream's table of that name.
    ///
    /// @param table `dump_priority_levels`, `dump_queues` or `dump_requests`
    /// @param details whether requests are told with who asks, and for what
    /// @return null for another one
    public synchronized @Nullable String dump(String table, boolean details, Instant now) {
        FlowDump dump = new FlowDump(nanos.getAsLong(), now);
        List<PriorityLevel> all = inForce.stream().sorted(Comparator.comparing(l -> l.spec().name())).toList();
        return switch (table) {
            case "dump_priority_levels" -> dump.levels(all, counts.values());
            case "dump_queues" -> dump.queues(all);
            case "dump_requests" -> dump.requests(all, details);
            default -> null;
        };
    }

    /// Writes what is counted, by upstream's names.
    public synchronized void to(MetricText text) {
        FlowMetrics.write(text, inForce, counts.values(), fraction);
    }
}
