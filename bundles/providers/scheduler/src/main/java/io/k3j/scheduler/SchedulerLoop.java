package io.k3j.scheduler;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.LiveView;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Schedules one pod at a time. Has no thread: [#step] decides; bindings run on the given executor.
final class SchedulerLoop {
    private final SchedulingQueue queue;
    private final ClusterState cluster;
    private final PodBinder binder;
    private final LiveView budgets;
    private final BooleanSupplier ready;
    private final Executor bindings;
    private final RandomGenerator dice;
    private final System.Logger log = System.getLogger("io.k3j.scheduler");
    private int start;
    private volatile String trouble = "";

    /// @param ready whether the views are synced
    SchedulerLoop(EventHandlers watching, PodBinder binder, BooleanSupplier ready, Executor bindings,
            RandomGenerator dice) {
        this.queue = watching.queue();
        this.cluster = watching.cluster();
        this.budgets = watching.budgets();
        this.binder = binder;
        this.ready = ready;
        this.bindings = bindings;
        this.dice = dice;
    }

    /// Schedules the next pod, or finds that it is unschedulable.
    /// @return false when no pod is due
    boolean step() {
        if (!ready.getAsBoolean()) {
            return false;
        }
        Optional<SchedulingQueue.Entry> next = queue.take();
        next.ifPresent(this::schedule);
        return next.isPresent();
    }

    /// The current problem, empty when there is none.
    String trouble() {
        return trouble;
    }

    private void schedule(SchedulingQueue.Entry entry) {
        PodInfo pod = entry.pod();
        if (cluster.placed(pod.uid())) {
            queue.remove(pod.uid());
            return;
        }
        try {
            Snapshot snapshot = cluster.snapshot();
            switch (Placement.of(pod, snapshot, start, dice)) {
                case Placement.Found found -> {
                    start = (start + found.looked()) % snapshot.nodes().size();
                    assumeAndBind(entry, found.node(), snapshot);
                }
                case Placement.None none -> unschedulable(entry, none, snapshot);
            }
            trouble = "";
        } catch (RuntimeException e) {
            trouble = "cannot place pod " + pod.key() + ": " + e.getMessage();
            log.log(Level.WARNING, "Error scheduling pod; retrying pod=" + pod.key(), e);
            queue.error(entry);
        }
    }

    private void assumeAndBind(SchedulingQueue.Entry entry, NodeState node, Snapshot snapshot) {
        PodInfo pod = entry.pod();
        @Nullable
        VolumeFilter volumes = VolumeFilter.of(pod, snapshot.volumes());
        if (volumes != null && volumes.hasWaitingClaims()) {
            bindVolumes(entry, volumes, node);
            return;
        }
        cluster.assume(pod, node.name());
        bindings.execute(() -> bind(entry, node.name()));
    }

    /// Starts the binding of the pod's claims to volumes for the node; the pod is queued again when they are bound. Its
    /// room is kept meanwhile: once its volume is on the node it can be nowhere else.
    private void bindVolumes(SchedulingQueue.Entry entry, VolumeFilter volumes, NodeState node) {
        cluster.nominate(entry.pod(), node.name());
        try {
            volumes.plan(node).forEach((claim, volume) -> volume.ifPresentOrElse(v -> binder.bindVolume(v, claim),
                    () -> binder.selectNode(claim, node.name())));
        } catch (ApiFault fault) {
            unkept(entry.pod());
            if (fault.code() != 404 && fault.code() != 409) {
                throw fault;
            }
            queue.error(entry);
            return;
        }
        queue.park(entry, Set.of(VolumeFilter.NAME));
    }

    private void bind(SchedulingQueue.Entry entry, String node) {
        PodInfo pod = entry.pod();
        try {
            binder.bind(pod, node);
            queue.remove(pod.uid());
        } catch (ApiFault fault) {
            cluster.forget(pod.uid());
            if (fault.code() == 404 || fault.code() == 409) {
                queue.error(entry);
                return;
            }
            binder.events().warning(pod.pod(), "FailedScheduling", "binding rejected: " + fault.getMessage());
            queue.error(entry);
        }
    }

    private void unschedulable(SchedulingQueue.Entry entry, Placement.None none, Snapshot snapshot) {
        PodInfo pod = entry.pod();
        String message = none.message();
        String nominated = "";
        if (none.nodes() > 0) {
            Preemption.Result result = preempt(pod, none, snapshot);
            nominated = result.best().map(c -> c.node().name()).orElse("");
            message = nominated.isEmpty() ? message + " no new claims to deallocate, " + result.message() : message;
        }
        if (nominated.isEmpty()) {
            unkept(pod);
        }
        queue.failed(entry, none.plugins());
        binder.unschedulable(pod, "Unschedulable", message, nominated);
    }

    /// Gives up the room that is kept for a pod's volumes; what preemption has nominated is in the pod's status.
    private void unkept(PodInfo pod) {
        if (pod.nominatedNode().isEmpty()) {
            cluster.withdraw(pod.uid());
        }
    }

    private Preemption.Result preempt(PodInfo pod, Placement.None none, Snapshot snapshot) {
        if (victimsAreLeaving(pod, snapshot)) {
            return new Preemption.Result(Optional.empty(),
                    "preemption: not eligible due to a terminating pod on the nominated node.");
        }
        Preemption.Result result = new Preemption(pod, snapshot, budgets.list()).find(none);
        result.best().ifPresent(c -> {
            cluster.nominate(pod, c.node().name());
            List<PodInfo> victims = c.victims();
            victims.forEach(v -> binder.evict(v, pod, c.node().name()));
        });
        return result;
    }

    private static boolean victimsAreLeaving(PodInfo pod, Snapshot snapshot) {
        return pod.nominatedNode().map(snapshot::node).map(n -> n.pods().stream()
                .anyMatch(p -> p.pod().terminating() && p.priority() < pod.priority())).orElse(false);
    }
}
