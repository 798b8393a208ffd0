package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
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
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Computes the status of PodDisruptionBudgets, above all how many disruptions are allowed:
/// <https://kubernetes.io/docs/concepts/workloads/pods/disruptions/>.
final class Disruptions implements Reconciler {
    private static final Duration DISRUPTION_TIMEOUT = Duration.ofMinutes(2);
    /// How soon a controller is asked for again that had no `scale`.
    private static final Duration RECHECK = Duration.ofMinutes(2);
    private static final String ALLOWED = "DisruptionAllowed";
    private static final int NOT_FOUND = 404;

    private final LiveView budgets;
    private final LiveView pods;
    private final DeclaredReplicas declared;
    private final InstantSource clock;
    private final Events events;

    private Disruptions(ControllerContext context) {
        this.budgets = context.views().of(BuiltinResources.POD_DISRUPTION_BUDGETS);
        this.pods = context.views().of(BuiltinResources.PODS);
        this.declared = new DeclaredReplicas(context);
        this.clock = context.clock();
        this.events = context.events("controllermanager", "disruption-controller");
    }

    static void add(ControllerContext context) {
        Disruptions all = new Disruptions(context);
        context.loop("disruption-controller", "disruption-controller", 1, all).on(all.budgets)
                .on(all.pods, Disruptions::read, Selected.by(all.budgets, Disruptions::selector))
                .reads(all.declared.views());
    }

    /// What of a pod a budget depends on.
    private static List<Object> read(Obj pod) {
        return List.of(pod.metadata().struct("labels"), pod.owners(), pod.terminating(), Pods.phase(pod),
                Pods.ready(pod));
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
        long expected;
        try {
            expected = expected(budget, covered, writer.api());
        } catch (ApiFault fault) {
            return failSafe(budget, fault, writer);
        }
        Struct disrupted = stillDisrupted(budget, covered);
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

    private long expected(Obj budget, List<Obj> covered, ApiClient api) {
        boolean number = budget.spec().get("minAvailable") instanceof Long;
        return number ? covered.stream().filter(Pods::active).count() : declared.sum(covered, api);
    }

    /// Allows no disruption while it is not known how many pods there should be.
    private Requeue failSafe(Obj budget, ApiFault fault, ExpectingWriter writer) {
        String why = String.valueOf(fault.getMessage());
        events.warning(budget, "CalculateExpectedPodCountFailed",
                "Failed to calculate the number of expected pods: " + why);
        Struct condition = Conditions.of(ALLOWED, false, "SyncFailed", why)
                .with("observedGeneration", budget.status().whole("observedGeneration", 0));
        Struct.Builder b = Struct.builder().put("currentHealthy", 0).put("desiredHealthy", 0).put("expectedPods", 0);
        budget.status().forEach(b::put);
        b.put("disruptionsAllowed", 0).put("conditions",
                Conditions.with(budget.status().seq("conditions"), condition, clock.instant()));
        writer.updateStatus(BuiltinResources.POD_DISRUPTION_BUDGETS, budget, b.build());
        if (fault.code() != NOT_FOUND) {
            throw fault;
        }
        return Requeue.after(RECHECK);
    }

    private static long wanted(Obj budget, long expected) {
        if (budget.spec().has("maxUnavailable")) {
            return Math.max(0, expected - IntOrPercent.resolve(budget.spec().get("maxUnavailable"), expected, true));
        }
        return IntOrPercent.resolve(budget.spec().get("minAvailable"), expected, true);
    }

    private Struct status(Obj budget, Struct disrupted, long[] counts) {
        long allowed = counts[2] <= 0 ? 0 : Math.max(0, counts[0] - counts[1]);
        Struct condition = Conditions
                .of(ALLOWED, allowed > 0, allowed > 0 ? "SufficientPods" : "InsufficientPods",
                        "")
                .with("message", "").with("observedGeneration", budget.generation());
        Struct.Builder b = Struct.builder()
                .put("conditions", Conditions.with(budget.status().seq("conditions"), condition, clock.instant()))
                .put("currentHealthy", counts[0]).put("desiredHealthy", counts[1]).put("disruptionsAllowed", allowed)
                .put("expectedPods", counts[2]).put("observedGeneration", budget.generation());
        return b.putUnlessEmpty("disruptedPods", disrupted).build();
    }
}
