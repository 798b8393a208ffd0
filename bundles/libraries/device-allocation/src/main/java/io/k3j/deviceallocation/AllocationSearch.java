package io.k3j.deviceallocation;

import io.k3j.apimachinery.Quantity;
import io.k3j.celapi.CelBudget;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks for devices of one node for all claims of a pod, depth first, in the order of requests and pools: the first
/// that fit are taken. For one thread.
public final class AllocationSearch {
    /// Devices that are tried for a node, after which it counts as one that has none: upstream ends by time.
    public static final int MOST_STEPS = 100_000;
    /// What all nodes of an attempt may cost together, in the unit of [CelBudget]: about ten seconds, so that nobody's
    /// selectors keep the pods of others waiting for longer. Then each further node counts as one that has none.
    private static final long MOST_COST = 100_000_000;
    /// What one device that is tried costs, without its selectors.
    private static final long STEP = 10;
    /// Upstream's `AllocationResultsMaxSize`.
    static final int MOST_RESULTS = 32;
    /// Requests and devices of all claims of a pod together: each is some calls on the stack.
    private static final int DEEPEST = 1_000;
    private final Node node;
    private final List<ClaimedRequests> claims;
    private final Attempt attempt;
    private final List<List<AttributeConstraint>> constraints;
    private final List<List<Granted>> granted = new ArrayList<>();
    private final List<OfferedDevice> devices;
    private final Map<DeviceRequest, List<OfferedDevice>> matching = new IdentityHashMap<>();
    private int steps;

    private AllocationSearch(Node node, List<ClaimedRequests> claims, Attempt attempt) {
        this.node = node;
        this.claims = claims;
        this.attempt = attempt;
        this.devices = attempt.taken().pools().on(node.name(), node.labels());
        this.constraints = claims.stream().map(ClaimedRequests::constraints).toList();
        claims.forEach(c -> granted.add(new ArrayList<>()));
    }

    /// Where devices are looked for.
    ///
    /// @param name of the node
    public record Node(String name, Map<String, String> labels) {
    }

    /// What the searches of all nodes for one pod share. One thread.
    ///
    /// @param taken what there is, and what others have of it; a search leaves it as it is
    /// @param budget what they may still cost
    public record Attempt(Taken taken, DeviceSelectors selectors, CelBudget budget) {
        /// One that has cost nothing yet.
        public Attempt(Taken taken, DeviceSelectors selectors) {
            this(taken, selectors, CelBudget.of(MOST_COST));
        }
    }

    /// Looks for devices of a node.
    ///
    /// @param claims without an allocation
    /// @param ids makes the id of a part of a device
    /// @return an allocation for each claim, as it is written into its status; empty when the node has no devices left
    ///     for them
    /// @throws IllegalArgumentException when it cannot be told: a selector fails, the search has no end, or there are
    ///     too many claims
    public static Optional<List<Struct>> on(Node node, List<ClaimedRequests> claims, Attempt attempt,
            Supplier<String> ids) {
        if (depth(claims) > DEEPEST) {
            throw new IllegalArgumentException("the pod's " + claims.size() + " claims without devices ask for more"
                    + " than " + DEEPEST + " at once; have it use fewer claims");
        }
        AllocationSearch search = new AllocationSearch(node, claims, attempt);
        try {
            return search.claim(0) ? Optional.of(search.results(node.name(), ids)) : Optional.empty();
        } finally {
            search.giveAllBack();
        }
    }

    private static long depth(List<ClaimedRequests> claims) {
        return claims.stream().flatMap(c -> c.requests().stream()).mapToLong(request -> 1 + request.stream()
                .mapToLong(r -> Math.min(r.count(), MOST_RESULTS)).max().orElse(0)).sum();
    }

    private List<Struct> results(String node, Supplier<String> ids) {
        List<Struct> results = new ArrayList<>();
        for (int i = 0; i < claims.size(); i++) {
            results.add(AllocationResults.of(node, claims.get(i).claim(), granted.get(i), ids));
        }
        return results;
    }

    /// For the search of another node.
    private void giveAllBack() {
        for (int claim = claims.size() - 1; claim >= 0; claim--) {
            while (!granted.get(claim).isEmpty()) {
                giveBack(claim);
            }
        }
    }

    private boolean claim(int claim) {
        return claim == claims.size() || request(claim, 0);
    }

    private boolean request(int claim, int request) {
        if (request == claims.get(claim).requests().size()) {
            return claim(claim + 1);
        }
        for (DeviceRequest alternative : claims.get(claim).requests().get(request)) {
            if (alternative.all() ? all(claim, request, alternative) : some(claim, request, alternative, 0, 0)) {
                return true;
            }
        }
        return false;
    }

    /// Each device that is meant, at least one; nobody may have any of them.
    private boolean all(int claim, int request, DeviceRequest wanted) {
        List<String> incomplete = attempt.taken().pools().incomplete(node.name(), node.labels());
        if (!incomplete.isEmpty()) {
            throw new IllegalArgumentException("claim " + claims.get(claim).claim().key() + ", request "
                    + wanted.name() + ": asks for all devices, but resource pool " + incomplete.getFirst()
                    + " is currently being updated");
        }
        List<OfferedDevice> meant = matching(claim, wanted);
        if (!meant.stream().allMatch(wanted::tolerates)) {
            return false;
        }
        int count = 0;
        while (count < meant.size() && take(claim, wanted, meant.get(count))) {
            count++;
        }
        if (count == meant.size() && count > 0 && request(claim, request + 1)) {
            return true;
        }
        while (count > 0) {
            giveBack(claim);
            count--;
        }
        return false;
    }

    /// @param had how many it has already
    /// @param from the first device to try
    private boolean some(int claim, int request, DeviceRequest wanted, long had, int from) {
        if (had == wanted.count()) {
            return request(claim, request + 1);
        }
        long missing = wanted.count() - had;
        if (missing > MOST_RESULTS - granted.get(claim).size()) {
            return false;
        }
        List<OfferedDevice> meant = matching(claim, wanted);
        for (int i = from; meant.size() - i >= missing; i++) {
            if (take(claim, wanted, meant.get(i))) {
                if (some(claim, request, wanted, had + 1, i + 1)) {
                    return true;
                }
                giveBack(claim);
            }
        }
        return false;
    }

    /// The devices that selectors mean and that have what is asked for, and whose taints are tolerated, unless each of
    /// them is wanted.
    private List<OfferedDevice> matching(int claim, DeviceRequest wanted) {
        List<OfferedDevice> known = matching.get(wanted);
        if (known == null) {
            String where = "claim " + claims.get(claim).claim().key() + ", request " + wanted.name();
            String kind = "class " + wanted.spec().text("deviceClassName");
            // the claim of extended resources is made when its pod is bound, and cannot wait for a device
            boolean prompt = ExtendedClaim.planned(claims.get(claim).claim());
            known = new ArrayList<>();
            for (OfferedDevice device : devices) {
                step();
                if (!(prompt && OfferedDevice.late(device.spec()))
                        && attempt.selectors().match(wanted.deviceClass(), kind, device, attempt.budget())
                        && attempt.selectors().match(wanted.spec(), where, device, attempt.budget())
                        && Capacities.of(device, wanted.spec()).isPresent()
                        && (wanted.all() || wanted.tolerates(device))) {
                    known.add(device);
                }
            }
            matching.put(wanted, known);
        }
        return known;
    }

    private void step() {
        if (++steps > MOST_STEPS || !attempt.budget().spend(STEP)) {
            throw new IllegalArgumentException("gave up allocating devices after too many steps; ask for fewer devices,"
                    + " or for ones that fewer and simpler selectors tell apart");
        }
    }

    private boolean take(int claim, DeviceRequest wanted, OfferedDevice device) {
        step();
        if (granted.get(claim).size() >= MOST_RESULTS || !device.shared()
                && granted.get(claim).stream().anyMatch(g -> g.device().id().equals(device.id()))) {
            return false;
        }
        List<AttributeConstraint> all = constraints.get(claim);
        int held = 0;
        while (held < all.size() && all.get(held).add(wanted, device)) {
            held++;
        }
        @Nullable
        Granted one = held == all.size() ? granted(wanted, device) : null;
        if (one == null) {
            undo(all, held, wanted);
            return false;
        }
        granted.get(claim).add(one);
        return true;
    }

    private @Nullable Granted granted(DeviceRequest wanted, OfferedDevice device) {
        if (wanted.admin()) {
            return new Granted(wanted, device, Map.of(), false);
        }
        boolean fresh = !attempt.taken().has(device);
        Optional<Map<String, Quantity>> part = attempt.taken().take(device, wanted.spec());
        return part.map(p -> new Granted(wanted, device, p, fresh)).orElse(null);
    }

    private void giveBack(int claim) {
        Granted last = granted.get(claim).removeLast();
        undo(constraints.get(claim), constraints.get(claim).size(), last.request());
        if (!last.request().admin()) {
            attempt.taken().give(last.device(), last.part(), last.fresh());
        }
    }

    private static void undo(List<AttributeConstraint> all, int held, DeviceRequest wanted) {
        for (int i = held - 1; i >= 0; i--) {
            all.get(i).remove(wanted);
        }
    }
}
