package io.k3j.controllerscluster;

import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IntOrPercent;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.Times;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Says how many pods of a budget may be disrupted now:
/// <https://kubernetes.io/docs/concepts/workloads/pods/disruptions/>.
final class Disruptions implements Reconciler {
    private static final Duration PENDING = Duration.ofMinutes(2);

    private final LiveView budgets;
    private final LiveView pods;
    private final Map<String, LiveView> scalable;
    private final InstantSource clock;
    private final Events events;

    private Disruptions(Desk desk) {
        this.budgets = desk.views().of(Resources.POD_DISRUPTION_BUDGETS);
        this.pods = desk.views().of(Resources.PODS);
        this.scalable = Map.of("ReplicaSet", view(desk, Resources.REPLICA_SETS), "Deployment",
                view(desk, Resources.DEPLOYMENTS), "StatefulSet", view(desk, Resources.STATEFUL_SETS),
                "ReplicationController", view(desk, Resources.REPLICATION_CONTROLLERS));
        this.clock = desk.clock();
        this.events = desk.events("controllermanager", "disruption-controller");
    }

    private static LiveView view(Desk desk, Gvr resource) {
        return desk.views().of(resource);
    }

    static void add(Desk desk) {
        Disruptions all = new Disruptions(desk);
        desk.loop("disruption-controller", "disruption-controller", 1, all).on(all.budgets)
                .on(all.pods, Selected.by(all.budgets, Disruptions::selector))
                .reads(all.scalable.values().toArray(LiveView[]::new));
    }

    private static Selector selector(Obj budget) {
        return budget.spec().has("selector") ? Selector.of(budget.spec().struct("selector")) : Selector.NOTHING;
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        Optional<Obj> found = budgets.get(key);
        if (found.isEmpty()) {
            return Again.NEVER;
        }
        Obj budget = found.get();
        Selector selector = selector(budget);
        List<Obj> covered = pods.list(key.namespace()).stream().filter(p -> selector.matches(p.labels())).toList();
        if (covered.isEmpty()) {
            events.normal(budget, "NoPods", "No matching pods found");
        }
        Struct disrupted = stillDisrupted(budget, covered);
        long expected = expected(budget, covered);
        long wanted = wanted(budget, expected);
        long healthy = covered.stream().filter(Pods::active).filter(Pods::ready).filter(p -> !disrupted.has(p.name()))
                .count();
        writer.updateStatus(Resources.POD_DISRUPTION_BUDGETS, budget,
                status(budget, disrupted, new long[] {healthy, wanted, expected}));
        return disrupted.isEmpty() ? Again.NEVER : Again.after(PENDING);
    }

    private Struct stillDisrupted(Obj budget, List<Obj> covered) {
        Struct.Builder left = Struct.builder();
        Set<String> present = new HashSet<>();
        covered.stream().filter(p -> !p.terminating()).forEach(p -> present.add(p.name()));
        budget.status().struct("disruptedPods").texts().forEach((pod, at) -> {
            if (present.contains(pod) && Times.since(at, clock.instant()).compareTo(PENDING) < 0) {
                left.put(pod, at);
            }
        });
        return left.build();
    }

    private long expected(Obj budget, List<Obj> covered) {
        boolean number = budget.spec().get("minAvailable") instanceof Long;
        return number ? covered.stream().filter(Pods::active).count() : declared(covered);
    }

    private static long wanted(Obj budget, long expected) {
        if (budget.spec().has("maxUnavailable")) {
            return Math.max(0, expected - IntOrPercent.resolve(budget.spec().get("maxUnavailable"), expected, true));
        }
        return IntOrPercent.resolve(budget.spec().get("minAvailable"), expected, true);
    }

    /// How many pods the controllers of these are told to keep.
    private long declared(List<Obj> covered) {
        Set<String> seen = new HashSet<>();
        long sum = 0;
        for (Obj pod : covered) {
            Obj top = pod;
            for (Optional<Obj> owner = owner(pod); owner.isPresent(); owner = owner(top)) {
                top = owner.get();
            }
            if (top != pod && seen.add(top.uid())) {
                sum += top.spec().whole("replicas", 1);
            }
        }
        return sum;
    }

    private Optional<Obj> owner(Obj object) {
        return object.controller().flatMap(c -> Optional.ofNullable(scalable.get(c.text("kind")))
                .flatMap(v -> v.get(new Key(object.namespace(), c.text("name"))))
                .filter(o -> o.uid().equals(c.text("uid"))));
    }

    private Struct status(Obj budget, Struct disrupted, long[] counts) {
        long allowed = counts[2] <= 0 ? 0 : Math.max(0, counts[0] - counts[1]);
        Struct condition = Conditions
                .of("DisruptionAllowed", allowed > 0, allowed > 0 ? "SufficientPods" : "InsufficientPods",
                        "")
                .with("message", "").with("observedGeneration", budget.generation());
        Struct.Builder b = Struct.builder()
                .put("conditions", Conditions.with(budget.status().seq("conditions"), condition, clock.instant()))
                .put("currentHealthy", counts[0]).put("desiredHealthy", counts[1]).put("disruptionsAllowed", allowed)
                .put("expectedPods", counts[2]).put("observedGeneration", budget.generation());
        return b.putUnlessEmpty("disruptedPods", disrupted).build();
    }
}
