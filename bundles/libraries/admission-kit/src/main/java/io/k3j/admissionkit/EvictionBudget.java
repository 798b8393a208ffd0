package io.k3j.admissionkit;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// What a PodDisruptionBudget says of the eviction of one more pod, in upstream's words (`checkAndDecrement`). Pure;
/// any thread. See <https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/>.
public final class EvictionBudget {
    /// Upstream names it in the singular.
    private static final Gvr RESOURCE = new Gvr("policy", "v1", "poddisruptionbudget");
    private static final String ALLOWED = "disruptionsAllowed";
    private static final String DISRUPTED = "disruptedPods";
    private static final String CONDITION = "DisruptionAllowed";
    private static final String CONDITIONS = "conditions";
    private static final int MOST_DISRUPTED = 2000;
    private static final int RETRY_SECONDS = 10;

    private EvictionBudget() {
    }

    /// Why no pod may go now; empty when one may. 429 for what passes, 403 for a status that somebody has to mend.
    public static Optional<ApiFault> refusal(Obj budget) {
        Struct status = budget.status();
        if (status.whole("observedGeneration", 0) < budget.generation()) {
            return Optional.of(unprocessed(budget));
        }
        if (status.whole(ALLOWED, 0) < 0) {
            return Optional.of(ApiFault.forbidden(RESOURCE, budget.name(), "pdb disruptions allowed is negative"));
        }
        if (status.struct(DISRUPTED).size() > MOST_DISRUPTED) {
            return Optional.of(ApiFault.forbidden(RESOURCE, budget.name(),
                    "DisruptedPods map too big - too many evictions not confirmed by PDB controller"));
        }
        return status.whole(ALLOWED, 0) > 0 ? Optional.empty()
                : Optional.of(refused("The disruption budget " + budget.name() + " " + exhausted(status), 0));
    }

    /// The numbers mean nothing while the controller cannot make them.
    private static String exhausted(Struct status) {
        Struct condition = status.seq(CONDITIONS).find("type", CONDITION);
        String message = condition.text("status").equals("False") ? condition.text("message") : "";
        long wanted = status.whole("desiredHealthy", 0);
        long healthy = status.whole("currentHealthy", 0);
        if (!message.isEmpty() && condition.text("reason").equals("SyncFailed")) {
            return "does not allow evicting pods currently because it failed sync: " + message;
        }
        if (healthy <= wanted) {
            return "needs " + wanted + " healthy pods and has " + healthy + " currently";
        }
        return "does not allow evicting pods currently"
                + (message.isEmpty() ? "" : " (" + condition.text("reason") + "): " + message);
    }

    /// Says that the controller has yet to look at a budget, or at a pod of it.
    public static ApiFault unprocessed(Obj budget) {
        return refused("The disruption budget " + budget.name() + " is still being processed by the server.",
                RETRY_SECONDS);
    }

    private static ApiFault refused(String why, int retrySeconds) {
        Struct.Builder details = Struct.builder().put("causes",
                Seq.of(Struct.of("reason", "DisruptionBudget", "message", why)));
        if (retrySeconds > 0) {
            details.put("retryAfterSeconds", retrySeconds);
        }
        return new ApiFault(429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
                details.build());
    }

    /// The budget after a pod went, for the controller to confirm.
    ///
    /// @param now when it went
    public static Obj charged(Obj budget, String pod, Instant now) {
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        long left = budget.status().whole(ALLOWED, 0) - 1;
        Obj charged = budget.with(left, "status", ALLOWED).with(time, "status", DISRUPTED, pod);
        return left > 0 ? charged : charged.with(insufficient(budget.status(), time), "status", CONDITIONS);
    }

    private static Seq insufficient(Struct status, String now) {
        Seq conditions = status.seq(CONDITIONS);
        Struct before = conditions.find("type", CONDITION);
        String since = before.text("status").equals("False") ? before.text("lastTransitionTime") : now;
        Struct condition = Struct.of("type", CONDITION, "status", "False", "observedGeneration",
                status.whole("observedGeneration", 0), "lastTransitionTime", since, "reason", "InsufficientPods",
                "message", "");
        for (int i = 0; i < conditions.size(); i++) {
            if (conditions.struct(i).text("type").equals(CONDITION)) {
                return conditions.with(i, condition);
            }
        }
        return conditions.plus(condition);
    }
}
