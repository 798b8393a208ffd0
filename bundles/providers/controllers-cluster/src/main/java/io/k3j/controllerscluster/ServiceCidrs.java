package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says which ServiceCIDRs are ready, and keeps one that is being deleted as long as addresses would be left in none:
/// upstream's `service-cidr-controller`. See
/// <https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/>.
///
/// ```
/// new ──finalizer, Ready──► in use ──deleted──► Terminating ──no address of its own, 10 s──► finalizer removed
/// ```
///
/// One worker: of two that contain each other only one can go first. Addresses are looked for only while one is being
/// deleted, and the one that was found is remembered, so that looking again costs one read.
final class ServiceCidrs implements Reconciler {
    static final Gvr CIDRS = Gvr.of("networking.k8s.io/v1", "servicecidrs");
    static final Gvr ADDRESSES = Gvr.of("networking.k8s.io/v1", "ipaddresses");
    static final String FINALIZER = "networking.k8s.io/service-cidr-finalizer";
    /// How long the finalizer stays at least: until then every server has seen the deletion and allocates no more.
    /// Counted from when this term has seen it, by a clock that nobody sets: `deletionTimestamp` is another server's.
    static final Duration GRACE = Duration.ofSeconds(10);
    /// How soon one is looked at again that addresses keep. Services that go make it due at once.
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
    private static final String ACCOUNT = "service-cidrs-controller";
    private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
    private static final String MANAGER = "ipallocator.k8s.io";

    private final LiveView cidrs;
    private final LiveView services;
    private final TimeSource clock;
    /// Those that are being deleted; for the one worker.
    private final Map<Key, Ending> endings = new HashMap<>();

    /// One that is being deleted.
    /// @param seen when that was seen first, by the monotonic clock
    /// @param keeping the address that was found to keep it
    private record Ending(String uid, Instant seen, Optional<String> keeping) {
    }

    private ServiceCidrs(ControllerContext context) {
        this.cidrs = context.views().of(CIDRS);
        this.services = context.views().of(BuiltinResources.SERVICES);
        this.clock = context.clock();
    }

    /// Adds the loop.
    static void add(ControllerContext context) {
        ServiceCidrs all = new ServiceCidrs(context);
        context.loop("service-cidr-controller", ACCOUNT, 1, all).on(all.cidrs, all::concerned)
                .on(all.services, all::kept);
    }

    /// One that comes or goes concerns those that are being deleted: it may hold what keeps them.
    private List<Key> concerned(Obj cidr) {
        List<Key> keys = new ArrayList<>(List.of(cidr.key()));
        cidrs.list().stream().filter(Obj::terminating).map(Obj::key).forEach(keys::add);
        return keys;
    }

    /// Those that are being deleted and hold an address of a Service.
    private List<Key> kept(Obj service) {
        List<Obj> ending = cidrs.list().stream().filter(Obj::terminating).toList();
        if (ending.isEmpty()) {
            return List.of();
        }
        List<String> addresses = ServiceNetworks.addresses(service);
        return ending.stream().filter(c -> addresses.stream().anyMatch(ServiceNetworks.of(c)::contains)).map(Obj::key)
                .toList();
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = cidrs.get(key);
        if (found.filter(Obj::terminating).isPresent()) {
            return ending(found.get(), writer);
        }
        endings.remove(key);
        found.ifPresent(cidr -> living(cidr, writer));
        return Requeue.NEVER;
    }

    private void living(Obj cidr, ExpectingWriter writer) {
        Obj kept = cidr;
        if (!cidr.finalizers().contains(FINALIZER)) {
            List<String> all = new ArrayList<>(cidr.finalizers());
            all.add(FINALIZER);
            kept = writer.update(CIDRS, cidr.with(all, "metadata", "finalizers"));
        }
        tell(kept, "True", "", "Kubernetes Service CIDR is ready", writer);
    }

    private Requeue ending(Obj cidr, ExpectingWriter writer) {
        if (!cidr.finalizers().contains(FINALIZER)) {
            return Requeue.NEVER;
        }
        Instant now = clock.monotonic().instant();
        Ending before = Optional.ofNullable(endings.get(cidr.key())).filter(e -> e.uid().equals(cidr.uid()))
                .orElse(new Ending(cidr.uid(), now, Optional.empty()));
        Optional<String> keeping = keeping(cidr, before.keeping(), writer.api());
        endings.put(cidr.key(), new Ending(cidr.uid(), before.seen(), keeping));
        if (keeping.isPresent()) {
            tell(cidr, "False", "Terminating", "There are still IPAddresses referencing the ServiceCIDR, please remove"
                    + " them or create a new ServiceCIDR", writer);
            return Requeue.after(LOOK_AGAIN);
        }
        Duration since = Duration.between(before.seen(), now);
        if (since.compareTo(GRACE) < 0) {
            return Requeue.after(GRACE.minus(since));
        }
        List<String> left = cidr.finalizers().stream().filter(f -> !f.equals(FINALIZER)).toList();
        writer.update(CIDRS, left.isEmpty() ? cidr.without("metadata", "finalizers")
                : cidr.with(left, "metadata", "finalizers"));
        return Requeue.NEVER;
    }

    private void tell(Obj cidr, String status, String reason, String message, ExpectingWriter writer) {
        Struct ready = Struct.of("type", "Ready", "status", status, "reason", reason, "message", message);
        Seq conditions = Conditions.with(cidr.status().seq("conditions"), ready, clock.instant());
        writer.updateStatus(CIDRS, cidr, cidr.status().with("conditions", conditions));
    }

    /// An address that would be in no ServiceCIDR without this one, the one that was found before if it still is. The
    /// others are those the API has now: a view that shows one that has just gone would let both go.
    private Optional<String> keeping(Obj cidr, Optional<String> before, ApiClient api) {
        ServiceNetworks others = ServiceNetworks.of(api.list(CIDRS, Query.ALL).items().stream()
                .filter(o -> !o.key().equals(cidr.key()) && (!o.terminating() || o.finalizers().contains(FINALIZER)))
                .toList());
        ServiceNetworks own = ServiceNetworks.of(cidr);
        if (own.networks().stream().allMatch(others::covers)) {
            return Optional.empty();
        }
        return before.filter(a -> !others.contains(a)
                && api.find(ADDRESSES, Key.of(a)).filter(ServiceCidrs::managed).isPresent())
                .or(() -> orphan(own, others, api));
    }

    /// An address of its own. Services are in memory; IPAddresses, of which one may be there before its Service is, are
    /// asked for only when no Service has any.
    private Optional<String> orphan(ServiceNetworks own, ServiceNetworks others, ApiClient api) {
        return services.list().stream().flatMap(s -> ServiceNetworks.addresses(s).stream())
                .filter(a -> own.contains(a) && !others.contains(a)).findFirst()
                .or(() -> api.list(ADDRESSES, Query.ALL).items().stream().filter(ServiceCidrs::managed).map(Obj::name)
                        .filter(a -> own.contains(a) && !others.contains(a)).findFirst());
    }

    private static boolean managed(Obj address) {
        return MANAGER.equals(address.labels().get(MANAGED_BY));
    }
}
