package io.k3j.scheduler;

import io.k3j.componenthelpers.NodeSelectorTerm;
import io.k3j.componenthelpers.PodClaim;
import io.k3j.controllerkit.Times;
import io.k3j.deviceallocation.AllocationSearch;
import io.k3j.deviceallocation.ClaimedDevices;
import io.k3j.deviceallocation.ClaimedRequests;
import io.k3j.deviceallocation.DeviceBinding;
import io.k3j.deviceallocation.DevicePlan;
import io.k3j.deviceallocation.DeviceReadiness;
import io.k3j.deviceallocation.DeviceSelectors;
import io.k3j.deviceallocation.Taken;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Filters by a pod's ResourceClaims: those that are allocated must be usable on the node, and there must be devices
/// for the others: upstream's plug-in `DynamicResources`. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>.
final class DeviceFilter implements Filter {
    static final String NAME = "DynamicResources";
    /// Upstream's `ResourceClaimReservedForMaxSize`.
    private static final int MOST_CONSUMERS = 256;
    /// Upstream's `FirstAvailableDeviceRequestMaxSize`.
    private static final int MOST_ALTERNATIVES = 8;
    private static final String ALTERNATIVES = "firstAvailable";
    private static final String RESERVED = "reservedFor";
    private static final String ALLOCATION = "allocation";
    private static final String STATUS = "status";
    private static final Rejection ELSEWHERE = Rejection.hard(NAME, "resourceclaim not available on the node");
    private static final Rejection NO_DEVICES = Rejection.hard(NAME, "cannot allocate all claims");

    private final PodInfo pod;
    private final ExtendedDemand extended;
    private final Instant now;
    private final List<Obj> allocated = new ArrayList<>();
    private final List<ClaimedRequests> open = new ArrayList<>();
    private final Map<String, Result> byNode = new HashMap<>();
    /// Claims that have devices of other nodes than some that were looked at, or none that will be ready.
    private final Set<Obj> elsewhere = new LinkedHashSet<>();
    private @Nullable Rejection everywhere;
    private AllocationSearch.@Nullable Attempt search;

    /// What a node has for the open claims, or why none is told.
    ///
    /// @param claimed the last one of them, which is made for extended resources; null when none is
    private record Result(Optional<List<Struct>> allocations, String failure,
            ExtendedDemand.@Nullable Claimed claimed) {
    }

    private DeviceFilter(PodInfo pod, ExtendedDemand extended, Instant now) {
        this.pod = pod;
        this.now = now;
        this.extended = extended;
    }

    /// Null when the pod has no claims, and nothing that is devices where a node does not offer it.
    static @Nullable DeviceFilter of(PodInfo pod, ClaimedDevices devices, ExtendedDemand extended) {
        List<PodClaim> claims = PodClaim.of(pod.pod());
        if (claims.isEmpty() && extended.nothing() && PodClaim.extended(pod.pod()).isEmpty()) {
            return null;
        }
        DeviceFilter filter = new DeviceFilter(pod, extended, devices.now());
        // a pod may name one claim twice
        Set<String> seen = new LinkedHashSet<>();
        try {
            claims.stream().filter(c -> c.waits() || c.needed() && seen.add(c.claim()))
                    .forEach(c -> filter.add(c, devices));
            if ((!filter.open.isEmpty() || !extended.nothing()) && filter.everywhere == null) {
                filter.prepare(devices);
            }
        } catch (IllegalArgumentException e) {
            filter.refuse(String.valueOf(e.getMessage()));
        }
        return filter;
    }

    /// The first claim that is wrong is told.
    private void refuse(String why) {
        everywhere = everywhere != null ? everywhere : Rejection.hard(NAME, why);
    }

    private void add(PodClaim claim, ClaimedDevices devices) {
        if (claim.waits()) {
            refuse("waiting for the resourceclaim-controller to create the resourceclaim for \"" + claim.name()
                    + "\"");
            return;
        }
        Optional<Obj> found = devices.claim(new Key(pod.namespace(), claim.claim()));
        if (found.isEmpty()) {
            refuse("resourceclaim \"" + claim.claim() + "\" not found");
        } else if (found.get().terminating()) {
            refuse("resourceclaim \"" + claim.claim() + "\" is being deleted");
        } else if (!claim.mayBe(found.get(), pod.pod())) {
            refuse("ResourceClaim " + found.get().key() + " was not created for pod " + pod.key()
                    + " (pod is not owner)");
        } else if (found.get().status().has(ALLOCATION)) {
            allocated(found.get());
        } else {
            open.add(ClaimedRequests.of(found.get(), devices::deviceClass));
        }
    }

    private void allocated(Obj claim) {
        if (!PodClaim.reserved(claim, pod.uid()) && claim.status().seq(RESERVED).size() >= MOST_CONSUMERS) {
            refuse("resourceclaim in use");
        } else {
            allocated.add(claim);
        }
    }

    private void prepare(ClaimedDevices devices) {
        DeviceSelectors selectors = devices.selectors();
        if (selectors == null) {
            refuse("device selectors cannot be evaluated: the bundle io.k3j.cel is being replaced");
            return;
        }
        Set<Key> stale = extended.stale().stream().map(Obj::key).collect(Collectors.toSet());
        List<Obj> others = devices.allocated().stream().filter(c -> !stale.contains(c.key())).toList();
        search = new AllocationSearch.Attempt(Taken.of(devices.pools(), others), selectors);
    }

    /// Why no node is feasible, null when some may be.
    @Nullable
    Rejection rejectionForAll() {
        return everywhere;
    }

    @Override
    public String plugin() {
        return NAME;
    }

    @Override
    public @Nullable Rejection reject(NodeState node) {
        for (Obj claim : allocated) {
            if (!reaches(claim, node) || DeviceReadiness.of(claim, now) == DeviceReadiness.FAILED) {
                elsewhere.add(claim);
                return ELSEWHERE;
            }
        }
        Result result = result(node);
        if (!result.failure().isEmpty()) {
            return Rejection.hard(NAME, result.failure());
        }
        return result.allocations().isEmpty() ? NO_DEVICES : null;
    }

    private static boolean reaches(Obj claim, NodeState node) {
        Struct allocation = claim.status().struct(ALLOCATION);
        return !allocation.has("nodeSelector") || NodeSelectorTerm.anyMatches(
                NodeSelectorTerm.of(allocation.struct("nodeSelector").seq("nodeSelectorTerms")), node.name(),
                node.labels());
    }

    private Result result(NodeState node) {
        return byNode.computeIfAbsent(node.name(), name -> searched(node));
    }

    private Result searched(NodeState node) {
        AllocationSearch.@Nullable Attempt by = search;
        if (by == null) {
            return new Result(Optional.of(List.of()), "", null);
        }
        try {
            ExtendedDemand.@Nullable Claimed claimed = extended.on(node);
            List<ClaimedRequests> wanted = new ArrayList<>(open);
            if (claimed != null) {
                wanted.add(claimed.requests());
            }
            if (wanted.isEmpty()) {
                return new Result(Optional.of(List.of()), "", null);
            }
            return new Result(AllocationSearch.on(new AllocationSearch.Node(node.name(), node.labels()), wanted, by,
                    () -> UUID.randomUUID().toString()), "", claimed);
        } catch (IllegalArgumentException e) {
            return new Result(Optional.empty(), String.valueOf(e.getMessage()), null);
        }
    }

    /// What is to be written for a feasible node. The claim of extended resources is not made while the pod waits for
    /// devices of others.
    DevicePlan plan(NodeState node) {
        List<Obj> plan = new ArrayList<>();
        Result result = result(node);
        List<Struct> allocations = result.allocations().orElse(List.of());
        for (int i = 0; i < Math.min(open.size(), allocations.size()); i++) {
            plan.add(given(open.get(i).claim(), allocations.get(i)));
        }
        allocated.stream().filter(c -> !PodClaim.reserved(c, pod.uid()))
                .forEach(c -> plan.add(DeviceBinding.reserved(c, pod.pod())));
        boolean waits = Stream.concat(plan.stream(), allocated.stream())
                .anyMatch(c -> DeviceReadiness.of(c, now) != DeviceReadiness.READY);
        ExtendedDemand.@Nullable Claimed claimed = result.claimed();
        if (claimed == null || waits || allocations.isEmpty()) {
            return new DevicePlan(plan, List.of(), extended.stale(), waits);
        }
        plan.add(given(claimed.extended().claim(), allocations.getLast()));
        return new DevicePlan(plan, claimed.extended().mappings(), extended.stale(), false);
    }

    /// Whether some of what is wanted is wanted more than something else that will do.
    boolean prefers() {
        return open.stream().flatMap(c -> requests(c.claim()).structs().stream())
                .anyMatch(r -> !r.seq(ALTERNATIVES).isEmpty());
    }

    /// How much of what is wanted most a feasible node has, as upstream counts it: each request counts more the earlier
    /// the alternative is that it has there.
    double preference(NodeState node) {
        List<Struct> allocations = result(node).allocations().orElse(List.of());
        double sum = 0;
        for (int i = 0; i < Math.min(open.size(), allocations.size()); i++) {
            Set<String> taken = allocations.get(i).struct("devices").seq("results").structs().stream()
                    .map(r -> r.text("request")).collect(Collectors.toSet());
            for (Struct request : requests(open.get(i).claim()).structs()) {
                Seq alternatives = request.seq(ALTERNATIVES);
                for (int j = 0; j < alternatives.size(); j++) {
                    String name = request.text("name") + "/" + alternatives.struct(j).text("name");
                    sum += taken.contains(name) ? MOST_ALTERNATIVES - j : 0;
                }
            }
        }
        return sum;
    }

    private static Seq requests(Obj claim) {
        return claim.spec().struct("devices").seq("requests");
    }

    private Obj given(Obj claim, Struct allocation) {
        Struct since = allocation.with("allocationTimestamp", Times.seconds(now));
        return DeviceBinding.reserved(claim.with(since, STATUS, ALLOCATION), pod.pod());
    }

    /// One claim, at most, that nobody uses or the pod does, which could be on other nodes if it had no devices:
    /// upstream's `PostFilter`. One that is reserved for a pod that waits for its devices may be for others, too, which
    /// would wait for each other to give it up.
    ///
    /// @param filters of a pod for which no node is feasible
    static List<Obj> idle(List<Filter> filters) {
        return filters.stream().map(f -> f instanceof TimedFilter timed ? timed.filter() : f)
                .filter(DeviceFilter.class::isInstance).map(DeviceFilter.class::cast)
                .flatMap(f -> f.elsewhere.stream().filter(c -> f.givesUp(c.status().seq(RESERVED)))).limit(1).toList();
    }

    private boolean givesUp(Seq consumers) {
        return consumers.isEmpty() || consumers.structs().stream().anyMatch(c -> c.text("uid").equals(pod.uid()));
    }

    /// Whether a claim is one of a pod's.
    static boolean uses(PodInfo pod, Obj claim) {
        return pod.namespace().equals(claim.namespace())
                && PodClaim.of(pod.pod()).stream().anyMatch(c -> c.claim().equals(claim.name()));
    }
}
