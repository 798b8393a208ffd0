package io.k3j.scheduler;

import io.k3j.clientapi.ApiFault;
import io.k3j.schedulercache.ClusterState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulingqueue.QueueEvents;
import io.k3j.schedulingqueue.QueuedPod;
import io.k3j.schedulingqueue.SchedulingQueue;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;

/// How attempts end: their writes, where the pod goes in the queue, and what becomes of its room. Any thread.
///
/// @param bindings runs the writes
record AttemptEnds(PodBinder binder, SchedulingQueue queue, ClusterState cluster, SchedulerMetrics metrics,
        Executor bindings) {
    private static final System.Logger LOG = System.getLogger("io.k3j.scheduler");

    /// Room that was kept for a pod may be another's now.
    void freed(PodInfo pod, boolean some) {
        if (some) {
            queue.changed(QueueEvents.ASSIGNED_DELETE, EventHandlers.ROOM, other -> !other.uid().equals(pod.uid()));
        }
    }

    /// Runs the writes that end an attempt beside the loop. Until they are done the pod is in flight, so that no later
    /// attempt's writes overtake them.
    void hand(QueuedPod entry, Runnable writes) {
        bindings.execute(() -> {
            try {
                writes.run();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "Error ending attempt; retrying pod=" + entry.pod().key(), e);
                cluster.forget(entry.pod().uid());
                failed(entry);
            }
        });
    }

    /// Ends an attempt that has failed for a reason other than that no node is feasible.
    void failed(QueuedPod entry) {
        metrics.ended(SchedulerMetrics.ERROR, entry);
        settled(entry, queue.error(entry));
    }

    /// Gives up a place whose writes were refused. What the pod or a volume has become meanwhile is not told.
    void rejected(QueuedPod entry, ApiFault fault, String what) {
        cluster.forget(entry.pod().uid());
        queue.changed(QueueEvents.ASSIGNED_DELETE, EventHandlers.GIVEN_UP);
        if (fault.code() == 404 || fault.code() == 409) {
            failed(entry);
        } else {
            retry(entry, what + fault.getMessage());
        }
    }

    /// Ends an attempt that has failed for a reason that the pod is told.
    void retry(QueuedPod entry, String message) {
        binder.report(entry.pod(), "SchedulerError", message, null);
        failed(entry);
    }

    /// A pod that was deleted during its attempt keeps no room.
    void settled(QueuedPod entry, boolean queued) {
        if (!queued && cluster.abandon(entry.pod().uid())) {
            queue.changed(QueueEvents.ASSIGNED_DELETE, EventHandlers.ROOM);
        }
    }
}
