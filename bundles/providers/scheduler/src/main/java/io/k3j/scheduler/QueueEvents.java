package io.k3j.scheduler;

import io.k3j.model.Obj;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What may bring a pod to another part of the queue, in upstream's words for metrics. Pure.
final class QueueEvents {
    static final String POD_ADD = "UnschedulablePodAdd";
    static final String POD_UPDATE = "UnschedulablePodUpdate";
    static final String POD_UNGATED = "UnschedulablePodUpdatePodSchedulingGatesEliminated";
    static final String ASSIGNED_ADD = "AssignedPodAdd";
    static final String ASSIGNED_DELETE = "AssignedPodDelete";
    static final String ASSIGNED_LABEL = "AssignedPodUpdatePodLabel";
    static final String ASSIGNED_SCALE_DOWN = "AssignedPodUpdatePodScaleDown";
    static final String NODE_DELETE = "NodeDelete";
    static final String FAILURE = "ScheduleAttemptFailure";
    static final String BACK_OFF_COMPLETE = "BackoffComplete";
    static final String POP_FROM_BACK_OFF = "PopFromBackoffQ";
    static final String TIMEOUT = "UnschedulableTimeout";
    static final String ACTIVATE = "ForceActivate";

    private QueueEvents() {
    }

    /// A new, a changed or a gone object of a resource, by upstream's name of that.
    static String of(String resource, @Nullable Obj before, @Nullable Obj after) {
        return resource + (before == null ? "Add" : after == null ? "Delete" : "Update");
    }

    /// A new or a changed node; of several changes the one that upstream tells first.
    static String node(@Nullable Obj before, Obj after) {
        if (before == null) {
            return "NodeAdd";
        }
        if (before.spec().flag("unschedulable") && !after.spec().flag("unschedulable")) {
            return "NodeUpdateNodeTaint";
        }
        if (!same(before, after, "status", "allocatable")) {
            return "NodeUpdateNodeAllocatable";
        }
        return same(before, after, "metadata", "labels") ? "NodeUpdateNodeTaint" : "NodeUpdateNodeLabel";
    }

    private static boolean same(Obj before, Obj after, String part, String field) {
        return Objects.equals(before.tree().struct(part).struct(field), after.tree().struct(part).struct(field));
    }
}
