package io.k3j.resourcequota;

import io.k3j.apimachinery.ComponentArguments;
import io.k3j.apimachinery.Quantity;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Controller;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.resourcequota.UsageCount.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps the status of ResourceQuotas: what is limited, and what is used, upstream's `resourcequota` controller.
///
/// What is used is said by two: admission adds the share of a write before it is stored, this loop takes away what
/// objects give up. It never lowers the number below what is there, and by no more than was given up since, so that a
/// share whose object is on its way to the store is not given to somebody else. What remains above what is there
/// ([#SETTLED] without a change) belongs to writes that failed, and is taken away then.
final class QuotaSync implements Reconciler {
    /// A reservation that is that old and whose object is not there never comes.
    static final Duration SETTLED = Duration.ofSeconds(10);
    /// The shortest time between two writes to a quota: what goes meanwhile is told together.
    static final Duration PACE = Duration.ofMillis(100);
    private static final String NAME = "resourcequota-controller";
    private static final int WORKERS = 5;
    private static final String PERIOD = "resource-quota-sync-period";
    /// Upstream's.
    private static final Duration USUAL_PERIOD = Duration.ofMinutes(5);

    private final ControllerContext context;
    private final LiveView quotas;
    private final InstantSource monotonic;
    private final Map<String, NamespaceUsage> namespaces = new ConcurrentHashMap<>();
    private final Map<Key, Seen> seen = new ConcurrentHashMap<>();
    private final Controller loop;
    private final Duration period;

    /// What was seen of a quota.
    /// @param used what it said was used, since when
    /// @param hard the limits that this loop has told
    /// @param written when this loop wrote it last
    /// @param foreign since when somebody else has told other limits, [Instant#MAX] for nobody
    private record Seen(ResourceList used, Instant since, Struct hard, Instant written, Instant foreign) {
        private static final Seen NOTHING = new Seen(ResourceList.EMPTY, Instant.MIN, Struct.EMPTY, Instant.MIN,
                Instant.MAX);

        /// After another look.
        Seen next(Obj quota, Instant now) {
            ResourceList said = ResourceList.of(quota.status().struct("used"));
            boolean theirs = !quota.status().struct("hard").equals(hard);
            Instant began = said.equals(used) && since.isAfter(Instant.MIN) ? since : now;
            return new Seen(said, began, hard, written, !theirs ? Instant.MAX : foreign.isBefore(now) ? foreign : now);
        }

        /// When it has been dealt with.
        /// @param limits what this loop has told, or lets others tell otherwise
        Seen done(Struct limits, boolean spared) {
            return new Seen(used, since, limits, written, spared ? foreign : Instant.MAX);
        }

        /// When it has been written as well.
        Seen written(Struct status, Instant now) {
            return new Seen(ResourceList.of(status.struct("used")), now, hard, now, foreign);
        }

        /// Whether limits that somebody else has told are let be for a while: they hurt nobody but who may write them.
        boolean spares(Struct wanted, Instant now) {
            return wanted.equals(hard) && foreign.isBefore(Instant.MAX)
                    && now.isBefore(foreign.plus(NamespaceUsage.LOOK_AGAIN));
        }
    }

    private QuotaSync(ControllerContext context, Duration period) {
        this.context = context;
        this.period = period;
        this.quotas = context.views().of(BuiltinResources.RESOURCE_QUOTAS);
        this.monotonic = context.clock().monotonic();
        this.loop = context.loop(NAME, NAME, WORKERS, this).on(quotas);
    }

    /// Adds the loop.
    /// @param arguments of kube-controller-manager, `resource-quota-sync-period` among them
    /// @throws IllegalArgumentException for what is no duration longer than zero
    static QuotaSync add(ControllerContext context, ComponentArguments arguments) {
        return new QuotaSync(context, arguments.duration(PERIOD, USUAL_PERIOD, "5m"));
    }

    /// Counts no more.
    void close() {
        namespaces.values().forEach(NamespaceUsage::close);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        NamespaceUsage namespace = followed(key.namespace());
        Optional<Obj> wanted = quotas.get(key);
        if (wanted.isEmpty()) {
            seen.remove(key);
            return Requeue.NEVER;
        }
        if (!namespace.complete()) {
            return Requeue.NEVER;
        }
        QuotaSpec spec = QuotaSpec.of(wanted.get());
        Usage usage = namespace.of(spec);
        Optional<Obj> now = newest(key, writer);
        Requeue next = now.filter(q -> QuotaSpec.of(q).equals(spec)).map(q -> told(q, usage, writer, spec))
                .orElse(Requeue.NEVER);
        return next.or(Requeue.after(namespace.period()));
    }

    /// As it is now, later than all that was counted. Upstream's role lets this controller list quotas and get none.
    private static Optional<Obj> newest(Key key, ExpectingWriter writer) {
        Query named = Query.in(key.namespace()).where("metadata.name", key.name());
        return writer.api().list(BuiltinResources.RESOURCE_QUOTAS, named).items().stream().findFirst();
    }

    private NamespaceUsage followed(String namespace) {
        List<QuotaSpec> all = quotas.list(namespace).stream().map(QuotaSpec::of).toList();
        NamespaceUsage usage = namespaces.computeIfAbsent(namespace,
                n -> new NamespaceUsage(context.account(NAME), context.clock(), period,
                        q -> loop.queue().add(q.key())));
        usage.follow(all);
        if (all.isEmpty()) {
            namespaces.remove(namespace, usage);
        }
        return usage;
    }

    private Requeue told(Obj quota, Usage usage, ExpectingWriter writer, QuotaSpec spec) {
        Instant now = monotonic.instant();
        Seen before = seen.getOrDefault(quota.key(), Seen.NOTHING).next(quota, now);
        seen.put(quota.key(), before);
        boolean settled = !now.isBefore(before.since.plus(SETTLED));
        Struct limits = ResourceList.of(quota.spec().struct("hard")).struct();
        boolean spared = before.spares(limits, now);
        Struct status = status(quota, spared ? quota.status().struct("hard") : limits,
                settled ? usage.used() : lowered(before.used, usage));
        if (!status.equals(quota.status())) {
            Instant next = before.written.equals(Instant.MIN) ? now : before.written.plus(PACE);
            if (next.isAfter(now)) {
                return Requeue.after(Duration.between(now, next));
            }
            writer.updateStatus(BuiltinResources.RESOURCE_QUOTAS, quota, status);
            before = before.written(status, now);
        }
        seen.put(quota.key(), before.done(limits, spared));
        loopSettled(spec, usage);
        Requeue next = again(status, usage, settled);
        return spared ? next.or(Requeue.after(NamespaceUsage.LOOK_AGAIN)) : next;
    }

    private void loopSettled(QuotaSpec spec, Usage usage) {
        NamespaceUsage namespace = namespaces.get(spec.key().namespace());
        if (namespace != null && !usage.released().isEmpty()) {
            namespace.settled(spec, usage.released());
        }
    }

    /// What is there, or more, for as long as reservations may be under way.
    private static ResourceList lowered(ResourceList said, Usage usage) {
        Map<String, Quantity> all = new TreeMap<>();
        usage.used().amounts().forEach((name, counted) -> {
            Quantity left = said.get(name).subtract(usage.released().get(name));
            all.put(name, said.has(name) && left.compareTo(counted) > 0 ? left : counted);
        });
        return new ResourceList(all);
    }

    /// Names that nothing served uses keep what is said of them, as long as they are limited.
    private static Struct status(Obj quota, Struct limits, ResourceList used) {
        Struct hard = quota.spec().struct("hard");
        ResourceList kept = ResourceList.of(quota.status().struct("used")).only(n -> hard.has(n) && !used.has(n));
        return quota.status().with("hard", limits).with("used", kept.plus(used).struct());
    }

    private Requeue again(Struct status, Usage usage, boolean settled) {
        boolean more = !settled && !ResourceList.of(status.struct("used")).only(usage.used()::has)
                .equals(usage.used());
        Requeue next = more ? Requeue.after(SETTLED.plusMillis(1)) : Requeue.NEVER;
        return usage.expiry().equals(Instant.MAX) ? next
                : next.or(Requeue.after(Duration.between(context.clock().instant(), usage.expiry()).plusMillis(1)));
    }
}
