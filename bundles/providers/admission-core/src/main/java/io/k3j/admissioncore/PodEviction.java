package io.k3j.admissioncore;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// `pods/eviction`: deletes a pod unless a disruption budget forbids it. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/>.
@Component(service = Action.class)
public final class PodEviction implements Action {
    private static final Set<String> DISRUPTION_FREE = Set.of("Succeeded", "Failed", "Pending");
    private static final int TRIES = 5;
    private static final int MOST_DISRUPTED = 2000;
    private final Listers listers;
    private final ApiClient api;

    /// Reads PodDisruptionBudgets from a view; deletes pods by the client.
    @Activate
    public PodEviction(@Reference Listers listers) {
        this.listers = listers;
        this.api = listers.api();
    }

    @Override
    public Gvr resource() {
        return Listers.PODS;
    }

    @Override
    public String subresource() {
        return "eviction";
    }

    @Override
    public Struct perform(Call call) {
        Struct given = call.body().struct("deleteOptions");
        boolean dryRun = call.dryRun() || dryRun(given);
        Obj pod = api.get(Listers.PODS, call.key());
        boolean exempt = DISRUPTION_FREE.contains(pod.status().text("phase")) || pod.terminating();
        if (!exempt) {
            for (int left = TRIES; !chargeBudget(pod, dryRun, left == 1); left--) {
                pod = api.get(Listers.PODS, call.key());
            }
        }
        if (!dryRun) {
            delete(pod, exempt, given);
        }
        return Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status", "Success", "code",
                201);
    }

    /// A pod that goes without a charge because it is not ready goes only as it was seen: ready by now, it would pass
    /// the budget by.
    private void delete(Obj pod, boolean exempt, Struct given) {
        List<Obj> budgets = exempt ? List.of() : budgets(pod);
        boolean asSeen = !budgets.isEmpty() && unreadyMayGo(pod, budgets.getFirst());
        try {
            Obj marked = exempt ? pod : withDisruptionTarget(pod, asSeen);
            DeleteOptions options = options(pod, given);
            api.delete(Listers.PODS, pod.key(), asSeen && options.revision() == 0
                    ? new DeleteOptions(options.gracePeriodSeconds(), options.propagation(), options.uid(),
                            marked.revision())
                    : options);
        } catch (ApiFault e) {
            if (!asSeen || e.code() != 409) {
                throw e;
            }
            throw refused(budgets.getFirst(), "The pod has changed while it was being evicted.", 1);
        }
    }

    /// Whether `DeleteOptions` ask for a dry run: `kubectl drain --dry-run=server` sends the flag in the body.
    private static boolean dryRun(Struct options) {
        List<String> asked = options.seq("dryRun").texts();
        if (!asked.stream().allMatch("All"::equals)) {
            throw FieldProblem.fault(Gvk.of("meta.k8s.io/v1", "DeleteOptions"), "",
                    List.of(FieldProblem.unsupported("dryRun", options.seq("dryRun"), "\"All\"")));
        }
        return !asked.isEmpty();
    }

    private static DeleteOptions options(Obj pod, Struct given) {
        long grace = given.whole("gracePeriodSeconds", -1);
        String uid = given.struct("preconditions").text("uid", pod.uid());
        String version = given.struct("preconditions").text("resourceVersion");
        long revision = version.isEmpty() ? 0 : Long.parseLong(version);
        return new DeleteOptions(grace, given.text("propagationPolicy"), uid, revision);
    }

    /// Takes the eviction from the pod's disruption budget, if it has one; false when the budget changed meanwhile
    /// and the caller should try again.
    private boolean chargeBudget(Obj pod, boolean dryRun, boolean last) {
        List<Obj> budgets = budgets(pod);
        if (budgets.size() > 1) {
            throw new ApiFault(500, "InternalError",
                    "This pod has more than one PodDisruptionBudget, which the eviction"
                            + " subresource does not support.",
                    Struct.EMPTY);
        }
        if (budgets.isEmpty() || unreadyMayGo(pod, budgets.getFirst())) {
            return true;
        }
        Obj budget = budgets.getFirst();
        Struct status = budget.status();
        if (status.whole("observedGeneration", 0) < budget.generation()) {
            throw refused(budget, "The disruption budget " + budget.name()
                    + " is still being processed by the server.", 10);
        }
        if (status.whole("disruptionsAllowed", 0) <= 0 || status.struct("disruptedPods").size() > MOST_DISRUPTED) {
            throw refused(budget, "The disruption budget " + budget.name() + " needs "
                    + status.whole("desiredHealthy", 0) + " healthy pods and has " + status.whole("currentHealthy", 0)
                    + " currently", 0);
        }
        return dryRun || chargedInStatus(pod, budget, last);
    }

    private boolean chargedInStatus(Obj pod, Obj budget, boolean last) {
        try {
            String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            api.update(Listers.BUDGETS, budget
                    .with(budget.status().whole("disruptionsAllowed", 0) - 1, "status", "disruptionsAllowed")
                    .with(now, "status", "disruptedPods", pod.name()), WriteOptions.STATUS);
            return true;
        } catch (ApiFault e) {
            if (e.code() != 409 || last) {
                throw e;
            }
            return false;
        }
    }

    private List<Obj> budgets(Obj pod) {
        List<Obj> all = new ArrayList<>();
        for (Obj budget : listers.all(Listers.BUDGETS, pod.namespace())) {
            if (budget.spec().has("selector") && Selector.of(budget.spec().struct("selector")).matches(pod.labels())) {
                all.add(budget);
            }
        }
        return all;
    }

    /// Whether a pod that is not ready may be evicted without a charge: always with `AlwaysAllow`, else while enough
    /// pods are healthy. See "Unhealthy Pod Eviction Policy".
    private static boolean unreadyMayGo(Obj pod, Obj budget) {
        if (pod.status().seq("conditions").find("type", "Ready").text("status").equals("True")) {
            return false;
        }
        boolean enough = budget.status().whole("currentHealthy", 0) >= budget.status().whole("desiredHealthy", 0)
                && budget.status().whole("desiredHealthy", 0) > 0;
        return budget.spec().text("unhealthyPodEvictionPolicy").equals("AlwaysAllow") || enough;
    }

    private static ApiFault refused(Obj budget, String why, int retry) {
        Struct.Builder details = Struct.builder().put("causes",
                Seq.of(Struct.of("reason", "DisruptionBudget", "message", why)));
        if (retry > 0) {
            details.put("retryAfterSeconds", retry);
        }
        return new ApiFault(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
                details.build());
    }

    /// The pod with the condition, or as it was where others were faster and that does not matter.
    private Obj withDisruptionTarget(Obj pod, boolean asSeen) {
        Struct condition = Struct.of("type", "DisruptionTarget", "status", "True", "reason", "EvictionByEvictionAPI",
                "message", "Eviction API: evicting", "lastTransitionTime",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        try {
            return api.update(Listers.PODS,
                    pod.with(pod.status().seq("conditions").plus(condition), "status", "conditions"),
                    WriteOptions.STATUS);
        } catch (ApiFault e) {
            if (asSeen || e.code() != 409 && e.code() != 404) {
                throw e;
            }
            return pod;
        }
    }
}
