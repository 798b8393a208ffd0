package io.k3j.workloadrules;

import io.k3j.apiserverapi.Write;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Map;

/// What the numbers in the status of a set of pods must be, as upstream's `ValidateDeploymentStatus` and those of its
/// siblings: none below zero, and of the pods there are not more ready than there are. Pure.
final class StatusCounters {
    private static final String READY = "readyReplicas";
    private static final String AVAILABLE = "availableReplicas";
    private static final String UPDATED = "updatedReplicas";
    private static final String COLLISIONS = "collisionCount";
    private static final String GENERATION = "observedGeneration";
    private static final String TERMINATING = "terminatingReplicas";
    private static final Rules OF_SET = new Rules(
            List.of("replicas", "fullyLabeledReplicas", READY, AVAILABLE, TERMINATING, GENERATION),
            List.of("fullyLabeledReplicas", READY, AVAILABLE), "cannot be greater than readyReplicas");
    private static final Map<String, Rules> RULES = Map.of("ReplicaSet", OF_SET, "ReplicationController", OF_SET,
            "Deployment",
            new Rules(List.of(GENERATION, "replicas", UPDATED, READY, AVAILABLE, "unavailableReplicas", TERMINATING,
                    COLLISIONS), List.of(UPDATED, READY, AVAILABLE), "cannot be greater than readyReplicas"),
            "StatefulSet",
            new Rules(List.of("replicas", READY, "currentReplicas", UPDATED, AVAILABLE, GENERATION, COLLISIONS),
                    List.of(READY, "currentReplicas", UPDATED, AVAILABLE),
                    "cannot be greater than status.readyReplicas"),
            "DaemonSet",
            new Rules(List.of("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady",
                    GENERATION, "updatedNumberScheduled", "numberAvailable", "numberUnavailable", COLLISIONS),
                    List.of(), ""));

    /// @param counters not below zero
    /// @param within not above the number of replicas
    /// @param unready what is said of more available replicas than ready ones
    private record Rules(List<String> counters, List<String> within, String unready) {
        void check(Struct status, Problems p) {
            counters.forEach(field -> p.notNegative(status, field));
            for (String field : within) {
                if (status.whole(field, 0) > status.whole("replicas", 0)) {
                    p.at(field).invalid(status.whole(field, 0), "cannot be greater than status.replicas");
                }
            }
            long available = status.whole(AVAILABLE, 0);
            if (!within.isEmpty() && available > status.whole(READY, 0)) {
                p.at(AVAILABLE).invalid(available, unready);
            }
        }
    }

    private StatusCounters() {
    }

    /// Checks the status of an object that is written. What was there before stays allowed.
    ///
    /// @param kind `Deployment` and others
    /// @param p the root
    static void check(String kind, Write write, Struct object, Problems p) {
        Struct old = write.before().orElse(Struct.EMPTY).struct("status");
        Struct status = object.struct("status");
        Rules rules = RULES.get(kind);
        if (rules == null || status.equals(old)) {
            return;
        }
        KeptProblems.check(p, now -> rules.check(status, now.at("status")),
                then -> rules.check(old, then.at("status")));
        long collisions = status.whole(COLLISIONS, 0);
        if (old.has(COLLISIONS) && collisions < old.whole(COLLISIONS, 0)) {
            p.at("status").at(COLLISIONS).invalid(collisions, "cannot be decremented");
        }
    }
}
