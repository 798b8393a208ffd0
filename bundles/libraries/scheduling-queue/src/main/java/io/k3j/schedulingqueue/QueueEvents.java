package io.k3j.schedulingqueue;

import io.k3j.model.Obj;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What may bring a pod to another part of the queue, in upstream's words for metrics. Pure.
public final class QueueEvents {
    static final String POD_ADD = "UnschedulablePodAdd";
    /// A waiting pod has changed.
    public static final String POD_UPDATE = "UnschedulablePodUpdate";
    static final String POD_UNGATED = "UnschedulablePodUpdatePodSchedulingGatesEliminated";
    /// A pod was bound.
    public static final String ASSIGNED_ADD = "AssignedPodAdd";
    /// A bound pod has gone.
    public static final String ASSIGNED_DELETE = "AssignedPodDelete";
    /// A bound pod has other labels.
    public static final String ASSIGNED_LABEL = "AssignedPodUpdatePodLabel";
    /// A bound pod takes less.
    public static final String ASSIGNED_SCALE_DOWN = "AssignedPodUpdatePodScaleDown";
    /// A node has gone.
    public static final String NODE_DELETE = "NodeDelete";
    static final String FAILURE = "ScheduleAttemptFailure";
    static final String BACK_OFF_COMPLETE = "BackoffComplete";
    static final String POP_FROM_BACK_OFF = "PopFromBackoffQ";
    static final String TIMEOUT = "UnschedulableTimeout";
    /// Whatever has happened, waiting pods are tried again.
    public static final String ACTIVATE = "ForceActivate";

    private QueueEvents() {
    }

    /// A new, a changed or a gone object of a resource, by upstream's name of that.
    public static String of(String resource, @Nullable Obj before, @Nullable Obj after) {
        return resource + (before == null ? "Add" : after == null ? "Delete" : "Update");
    }

    /// A new or a changed node; of several changes the one that upstream tells first.
    public static String node(@Nullable Obj before, Obj after) {
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
