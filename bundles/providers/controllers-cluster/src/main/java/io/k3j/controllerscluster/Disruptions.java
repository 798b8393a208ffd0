package io.k3j.controllerscluster;

import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IntOrPercent;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Selected;
import io.k3j.controllerkit.Times;
import io.k3j.controllerkit.ExpectingWriter;
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

/// Computes the status of PodDisruptionBudgets, above all how many disruptions are allowed:
/// <https://kubernetes.io/docs/concepts/workloads/pods/disruptions/>.
final class Disruptions implements Reconciler {
    private static final Duration DISRUPTION_TIMEOUT = Duration.ofMinutes(2);

    private final LiveView budgets;
    private final LiveView pods;
    private final Map<String, LiveView> scalable;
    private final InstantSource clock;
    private final Events events;

    private Disruptions(ControllerContext context) {
        this.budgets = context.views().of(BuiltinResources.POD_DISRUPTION_BUDGETS);
        this.pods = context.views().of(BuiltinResources.PODS);
        this.scalable = Map.of("ReplicaSet", view(context, BuiltinResources.REPLICA_SETS), "Deployment",
                view(context, BuiltinResources.DEPLOYMENTS), "StatefulSet",
                view(context, BuiltinResources.STATEFUL_SETS),
                "ReplicationController", view(context, BuiltinResources.REPLICATION_CONTROLLERS));
        this.clock = context.clock();
        this.events = context.events("controllermanager", "disruption-controller");
    }

    private static LiveView view(ControllerContext context, Gvr resource) {
        return context.views().of(resource);
    }

    static void add(ControllerContext context) {
        Disruptions all = new Disruptions(context);
        context.loop("disruption-controller", "disruption-controller", 1, all).on(all.budgets)
                .on(all.pods, Selected.by(all.budgets, Disruptions::selector))
                .reads(all.scalable.values().toArray(LiveView[]::new));
    }

    private static Selector selector(Obj budget) {
        return budget.spec().has("selector") ? Selector.of(budget.spec().struct("selector")) : Selector.NOTHING;
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = budgets.get(key);
        if (found.isEmpty()) {
            return Requeue.NEVER;
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
        writer.updateStatus(BuiltinResources.POD_DISRUPTION_BUDGETS, budget,
                status(budget, disrupted, new long[] {healthy, wanted, expected}));
        return disrupted.isEmpty() ? Requeue.NEVER : Requeue.after(DISRUPTION_TIMEOUT);
    }

    private Struct stillDisrupted(Obj budget, List<Obj> covered) {
        Struct.Builder remaining = Struct.builder();
        Set<String> present = new HashSet<>();
        covered.stream().filter(p -> !p.terminating()).forEach(p -> present.add(p.name()));
        budget.status().struct("disruptedPods").texts().forEach((pod, at) -> {
            if (present.contains(pod) && Times.since(at, clock.instant()).compareTo(DISRUPTION_TIMEOUT) < 0) {
                remaining.put(pod, at);
            }
        });
        return remaining.build();
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

    /// The sum of the replicas that the pods' top-level controllers declare.
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
