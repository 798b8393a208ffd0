package io.k3j.controllersworkload;

import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Computes the status of a Deployment from its ReplicaSets. Pure.
final class DeploymentStatus {
    /// The value of `progressDeadlineSeconds` that means no deadline.
    static final long NO_DEADLINE = Integer.MAX_VALUE;
    static final String PROGRESSING = "Progressing";
    static final String COMPLETE = "NewReplicaSetAvailable";
    static final String TIMED_OUT = "ProgressDeadlineExceeded";

    private DeploymentStatus() {
    }

    /// The counts and the `Available` condition.
    static Struct counted(Rollout rollout, Instant now) {
        Obj deployment = rollout.deployment();
        List<Obj> all = rollout.all();
        Obj newSet = rollout.newSet();
        long available = Rollout.statusSum(all, "availableReplicas");
        Struct.Builder b = Struct.builder().put("observedGeneration", deployment.generation());
        positive(b, "replicas", Rollout.statusSum(all, "replicas"));
        positive(b, "updatedReplicas", newSet == null ? 0 : newSet.status().whole("replicas", 0));
        positive(b, "readyReplicas", Rollout.statusSum(all, "readyReplicas"));
        positive(b, "availableReplicas", available);
        positive(b, "unavailableReplicas", Math.max(0, Rollout.sum(all) - available));
        b.put("terminatingReplicas", Rollout.statusSum(all, "terminatingReplicas"));
        if (deployment.status().has("collisionCount")) {
            b.put("collisionCount", deployment.status().get("collisionCount"));
        }
        boolean enough = available >= rollout.wanted() - rollout.maxUnavailable();
        Struct condition = Conditions.of("Available", enough,
                enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.");
        return b.put("conditions", with(deployment.status().seq("conditions"), condition, now)).build();
    }

    /// The status with the `Progressing` condition.
    static Struct progressed(Rollout rollout, Instant now) {
        Struct status = counted(rollout, now);
        Obj deployment = rollout.deployment();
        Seq conditions = status.seq("conditions");
        Optional<Struct> known = Conditions.find(deployment.status().seq("conditions"), PROGRESSING);
        boolean done = status.whole("replicas", 0) == status.whole("updatedReplicas", 0)
                && known.isPresent() && known.get().text("reason").equals(COMPLETE);
        if (!hasDeadline(deployment)) {
            conditions = Conditions.without(conditions, PROGRESSING);
        } else if (!done) {
            conditions = progress(rollout, status, conditions, now);
        }
        Struct failure = failure(rollout);
        conditions = failure == null
                ? Conditions.without(conditions, "ReplicaFailure")
                : with(conditions, failure, now);
        return status.with("conditions", conditions);
    }

    private static Seq progress(Rollout rollout, Struct status, Seq conditions, Instant now) {
        Obj deployment = rollout.deployment();
        Obj newSet = rollout.newSet();
        String who = newSet == null
                ? "Deployment \"" + deployment.name() + "\""
                : "ReplicaSet \"" + newSet.name() + "\"";
        if (complete(deployment, status)) {
            return with(conditions, Conditions.of(PROGRESSING, true, COMPLETE, who + " has successfully progressed."),
                    now);
        }
        if (moved(deployment.status(), status)) {
            return renewed(conditions,
                    Conditions.of(PROGRESSING, true, "ReplicaSetUpdated", who + " is progressing."), now);
        }
        if (timedOut(deployment, now)) {
            return with(conditions, Conditions.of(PROGRESSING, false, TIMED_OUT, who + " has timed out progressing."),
                    now);
        }
        return conditions;
    }

    static boolean hasDeadline(Obj deployment) {
        return deadline(deployment) != NO_DEADLINE;
    }

    private static long deadline(Obj deployment) {
        return deployment.spec().whole("progressDeadlineSeconds", 600);
    }

    static boolean complete(Obj deployment, Struct status) {
        long wanted = Rollout.replicas(deployment);
        return status.whole("updatedReplicas", 0) == wanted && status.whole("replicas", 0) == wanted
                && status.whole("availableReplicas", 0) == wanted
                && status.whole("observedGeneration", 0) >= deployment.generation();
    }

    private static boolean moved(Struct before, Struct after) {
        return grew(before, after, "updatedReplicas") || grew(before, after, "readyReplicas")
                || grew(before, after, "availableReplicas") || oldOnes(after) < oldOnes(before);
    }

    private static boolean grew(Struct before, Struct after, String field) {
        return after.whole(field, 0) > before.whole(field, 0);
    }

    private static long oldOnes(Struct status) {
        return status.whole("replicas", 0) - status.whole("updatedReplicas", 0);
    }

    private static boolean timedOut(Obj deployment, Instant now) {
        Struct known = deployment.status().seq("conditions").find("type", PROGRESSING);
        String reason = known.text("reason");
        if (known.isEmpty() || reason.equals(COMPLETE) || reason.equals(TIMED_OUT)) {
            return reason.equals(TIMED_OUT);
        }
        return left(deployment, now).map(l -> !l.isPositive()).orElse(false);
    }

    /// The time until the progress deadline; empty without one.
    static Optional<Duration> left(Obj deployment, Instant now) {
        Struct known = deployment.status().seq("conditions").find("type", PROGRESSING);
        String reason = known.text("reason");
        if (!hasDeadline(deployment) || known.isEmpty() || reason.equals(COMPLETE) || reason.equals(TIMED_OUT)) {
            return Optional.empty();
        }
        Duration passed = Times.since(known.text("lastUpdateTime"), now);
        return Optional.of(Duration.ofSeconds(deadline(deployment)).minus(passed));
    }

    private static @Nullable Struct failure(Rollout rollout) {
        Obj newSet = rollout.newSet();
        List<Obj> order = newSet == null ? rollout.old() : List.of(newSet);
        for (Obj set : order) {
            Struct failure = set.status().seq("conditions").find("type", "ReplicaFailure");
            if (failure.text("status").equals("True")) {
                return failure.without("lastTransitionTime");
            }
        }
        return null;
    }

    /// Sets a condition. Deployment conditions change only with status or reason, and have `lastUpdateTime` too.
    static Seq with(Seq conditions, Struct wanted, Instant now) {
        Struct known = conditions.find("type", wanted.text("type"));
        boolean same = known.text("status").equals(wanted.text("status"))
                && known.text("reason").equals(wanted.text("reason"));
        return same ? conditions : renewed(conditions, wanted, now);
    }

    private static Seq renewed(Seq conditions, Struct wanted, Instant now) {
        Struct known = conditions.find("type", wanted.text("type"));
        String at = Times.seconds(now);
        String since = known.text("status").equals(wanted.text("status")) ? known.text("lastTransitionTime") : at;
        return Conditions.without(conditions, wanted.text("type"))
                .plus(wanted.with("lastUpdateTime", at).with("lastTransitionTime", since));
    }

    private static void positive(Struct.Builder b, String field, long count) {
        if (count > 0) {
            b.put(field, count);
        }
    }
}
