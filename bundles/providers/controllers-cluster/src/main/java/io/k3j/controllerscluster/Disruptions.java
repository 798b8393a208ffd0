package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IntOrPercent;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Owners;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.SelectorText;
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
import java.util.List;
import java.util.Optional;

/// Computes the status of PodDisruptionBudgets, above all how many disruptions are allowed:
/// <https://kubernetes.io/docs/concepts/workloads/pods/disruptions/>.
final class Disruptions implements Reconciler {
    private static final Duration DISRUPTION_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration SLACK = Duration.ofSeconds(1);
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
        tellUnmanaged(budget, covered);
        Struct disrupted = stillDisrupted(budget, covered);
        long wanted = wanted(budget, expected);
        long healthy = covered.stream().filter(Pods::active).filter(Pods::ready).filter(p -> !disrupted.has(p.name()))
                .count();
        writer.updateStatus(BuiltinResources.POD_DISRUPTION_BUDGETS, budget,
                status(budget, disrupted, new long[] {healthy, wanted, expected}));
        return disrupted.texts().values().stream()
                .map(at -> Requeue.after(SLACK.plus(DISRUPTION_TIMEOUT.minus(Times.since(at, clock.instant())))))
                .reduce(Requeue.NEVER, Requeue::or);
    }

    private void tellUnmanaged(Obj budget, List<Obj> covered) {
        if (!absolute(budget) && covered.stream().anyMatch(Owners::orphan)) {
            events.warning(budget, "UnmanagedPods", "Pods selected by this PodDisruptionBudget (selector: "
                    + SelectorText.of(budget.spec().struct("selector")) + ") were found to be unmanaged. As a result,"
                    + " the status of the PDB cannot be calculated correctly, which may result in undefined behavior."
                    + " To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer"
                    + " value.");
        }
    }

    /// Whether it counts the pods there are, not those that controllers declare.
    private static boolean absolute(Obj budget) {
        return budget.spec().get("minAvailable") instanceof Long;
    }

    private Struct stillDisrupted(Obj budget, List<Obj> covered) {
        Struct.Builder remaining = Struct.builder();
        Struct known = budget.status().struct("disruptedPods");
        for (Obj pod : covered) {
            if (pod.terminating() || !known.has(pod.name())) {
                continue;
            }
            String at = known.text(pod.name());
            if (Times.since(at, clock.instant()).compareTo(DISRUPTION_TIMEOUT) <= 0) {
                remaining.put(pod.name(), at);
            } else {
                events.warning(pod, "NotDeleted",
                        "Pod was expected by PDB " + budget.key() + " to be deleted but it wasn't");
            }
        }
        return remaining.build();
    }

    private long expected(Obj budget, List<Obj> covered, ApiClient api) {
        return absolute(budget) ? covered.size() : declared.sum(covered, api);
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
