package io.k3j.admissioncore;

import io.k3j.admissionkit.EvictionBudget;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/// `pods/eviction`: deletes a pod unless a disruption budget forbids it. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/>.
@Component(service = Action.class)
public final class PodEviction implements Action {
    private static final Set<String> DISRUPTION_FREE = Set.of("Succeeded", "Failed", "Pending");
    private static final String TARGET = "DisruptionTarget";
    private static final int CONFLICT = 409;
    /// Upstream tells the kind of what does not meet a precondition, and no resource.
    private static final Gvr KIND = new Gvr("", "v1", "Pod");
    private static final Struct SUCCESS = Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY,
            "status", "Success", "code", 201);
    private final Listers listers;
    private final ApiClient api;
    private final EvictionPauses pauses;

    /// Reads PodDisruptionBudgets from a view; deletes pods by the client.
    @Activate
    public PodEviction(@Reference Listers listers) {
        this(listers, new EvictionPauses(LockSupport::parkNanos, () -> ThreadLocalRandom.current().nextDouble()));
    }

    PodEviction(Listers listers, EvictionPauses pauses) {
        this.listers = listers;
        this.api = listers.api();
        this.pauses = pauses;
    }

    @Override
    public Gvr resource() {
        return Listers.PODS;
    }

    @Override
    public String subresource() {
        return "eviction";
    }

    /// Where others change the pod or its budget at the same time, all is looked at again.
    @Override
    public Struct perform(Call call) {
        if (!call.body().struct("metadata").text("name", call.key().name()).equals(call.key().name())) {
            throw ApiFault.badRequest("name in URL does not match name in Eviction object");
        }
        Struct given = call.body().struct("deleteOptions");
        boolean dryRun = call.dryRun() || dryRun(given);
        Optional<ApiFault> refusal = Optional.empty();
        for (int failures = 0; failures < EvictionPauses.TRIES; failures++) {
            pauses.after(failures);
            Obj pod = api.get(Listers.PODS, call.key());
            // before the budget is charged: what cannot be meant costs nothing of it
            DeleteOptions options = options(pod, given);
            refusal = exempt(pod) ? deletedExempt(pod, options, dryRun) : evicted(pod, options, dryRun, failures > 0);
            if (refusal.isEmpty()) {
                return SUCCESS;
            }
        }
        throw refusal.orElseThrow();
    }

    private static boolean exempt(Obj pod) {
        return DISRUPTION_FREE.contains(pod.status().text("phase")) || pod.terminating();
    }

    /// A pod that is to start goes only as it was seen: ready by now, it would pass the budget by.
    ///
    /// @return why it was not deleted though it may be the next time
    private Optional<ApiFault> deletedExempt(Obj pod, DeleteOptions options, boolean dryRun) {
        if (dryRun) {
            return Optional.empty();
        }
        boolean asSeen = pod.status().text("phase").equals("Pending") && !pod.terminating();
        try {
            api.delete(Listers.PODS, pod.key(), asSeen ? asSeen(options, pod) : options);
            return Optional.empty();
        } catch (ApiFault e) {
            if (e.code() != CONFLICT || options.revision() > 0 || !options.uid().equals(pod.uid())) {
                throw e;
            }
            return Optional.of(e);
        }
    }

    /// @param again whether the view's budgets were too old
    /// @return why it was not evicted though it may be the next time
    private Optional<ApiFault> evicted(Obj pod, DeleteOptions options, boolean dryRun, boolean again) {
        Optional<Obj> budget = budget(pod, again);
        Optional<Obj> passed = budget.filter(b -> unreadyMayGo(pod, b));
        if (budget.isPresent() && passed.isEmpty() && !charged(pod, budget.get(), dryRun)) {
            return Optional.of(EvictionBudget.unprocessed(budget.get()));
        }
        if (!dryRun) {
            delete(pod, options, passed);
        }
        return Optional.empty();
    }

    /// A pod that goes without a charge because it is not ready goes only as it was seen, too, and so does one whose
    /// version the caller names. The mark makes another version of it.
    ///
    /// @param passed the budget that was not charged
    private void delete(Obj pod, DeleteOptions options, Optional<Obj> passed) {
        boolean named = options.revision() > 0;
        try {
            Obj marked = withDisruptionTarget(pod, passed.isPresent());
            api.delete(Listers.PODS, pod.key(), passed.isPresent() || named ? asSeen(options, marked) : options);
        } catch (ApiFault e) {
            if (passed.isEmpty() || named || e.code() != CONFLICT) {
                throw e;
            }
            throw EvictionBudget.unprocessed(passed.get());
        }
    }

    /// With the revision of a pod.
    private static DeleteOptions asSeen(DeleteOptions options, Obj pod) {
        return new DeleteOptions(options.gracePeriodSeconds(), options.propagation(), options.uid(), pod.revision());
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

    /// How a pod is to be deleted.
    /// @throws ApiFault 409 when the caller means another one, or another version of it
    private static DeleteOptions options(Obj pod, Struct given) {
        long asked = given.whole("gracePeriodSeconds", -1);
        // a negative number is one second, as in any deletion
        long grace = asked < 0 && given.get("gracePeriodSeconds") instanceof Long ? 1 : asked;
        Struct preconditions = given.struct("preconditions");
        String uid = preconditions.text("uid", pod.uid());
        if (!uid.equals(pod.uid())) {
            throw ApiFault.conflict(KIND, pod.name(), "the UID in the precondition (" + uid + ") does not match the UID"
                    + " in record (" + pod.uid() + "). The object might have been deleted and then recreated");
        }
        // upstream compares texts, an empty one too
        String now = Long.toString(pod.revision());
        String version = preconditions.text("resourceVersion", now);
        if (!version.equals(now)) {
            throw ApiFault.conflict(KIND, pod.name(), "the ResourceVersion in the precondition (" + version
                    + ") does not match the ResourceVersion in record (" + now
                    + "). The object might have been modified");
        }
        boolean named = preconditions.get("resourceVersion") instanceof String;
        return new DeleteOptions(grace, given.text("propagationPolicy"), uid, named ? pod.revision() : 0);
    }

    /// The pod's disruption budget, if it has one: as the view has it, or as it is.
    private Optional<Obj> budget(Obj pod, boolean again) {
        List<Obj> all = new ArrayList<>();
        for (Obj budget : listers.all(Listers.BUDGETS, pod.namespace())) {
            if (budget.spec().has("selector") && Selector.of(budget.spec().struct("selector")).matches(pod.labels())) {
                all.add(budget);
            }
        }
        if (all.size() > 1) {
            throw new ApiFault(500, "InternalError",
                    "This pod has more than one PodDisruptionBudget, which the eviction"
                            + " subresource does not support.",
                    Struct.EMPTY);
        }
        return all.stream().findFirst().flatMap(b -> again ? api.find(Listers.BUDGETS, b.key()) : Optional.of(b));
    }

    /// Takes the eviction from the pod's disruption budget; false when the budget changed meanwhile and the caller
    /// should try again.
    private boolean charged(Obj pod, Obj budget, boolean dryRun) {
        EvictionBudget.refusal(budget).ifPresent(fault -> {
            throw fault;
        });
        return dryRun || chargedInStatus(pod, budget);
    }

    private boolean chargedInStatus(Obj pod, Obj budget) {
        try {
            api.update(Listers.BUDGETS, EvictionBudget.charged(budget, pod.name(), Instant.now()),
                    WriteOptions.STATUS);
            return true;
        } catch (ApiFault e) {
            if (e.code() != CONFLICT) {
                throw e;
            }
            return false;
        }
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

    /// The pod with the condition, or as it was where others were faster and that does not matter.
    private Obj withDisruptionTarget(Obj pod, boolean asSeen) {
        try {
            return api.update(Listers.PODS, pod.with(marked(pod.status().seq("conditions")), "status", "conditions"),
                    WriteOptions.STATUS);
        } catch (ApiFault e) {
            if (asSeen || e.code() != CONFLICT && e.code() != 404) {
                throw e;
            }
            return pod;
        }
    }

    /// The conditions with the one of an eviction, in place of one of its type; since when it holds is not forgotten.
    private static Seq marked(Seq conditions) {
        Struct condition = Struct.of("type", TARGET, "status", "True", "reason", "EvictionByEvictionAPI", "message",
                "Eviction API: evicting", "lastTransitionTime",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        for (int i = 0; i < conditions.size(); i++) {
            Struct known = conditions.struct(i);
            if (known.text("type").equals(TARGET)) {
                boolean held = known.text("status").equals("True") && known.has("lastTransitionTime");
                return conditions.with(i, held
                        ? condition.with("lastTransitionTime", known.get("lastTransitionTime")) : condition);
            }
        }
        return conditions.plus(condition);
    }
}
