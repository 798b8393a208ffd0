package io.k3j.scheduler;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.SlowStart;
import io.k3j.deviceallocation.DeviceBinding;
import io.k3j.deviceallocation.DevicePlan;
import io.k3j.model.Obj;
import io.k3j.schedulercache.AssumedVolumes;
import io.k3j.schedulercache.ClusterState;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.schedulerconfig.SchedulerProfile;
import io.k3j.schedulingqueue.QueueEvents;
import io.k3j.schedulingqueue.QueuedPod;
import io.k3j.schedulingqueue.SchedulingQueue;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Schedules one pod at a time. Has no thread: [#step] decides; all writes to the API run on the given executor.
final class SchedulerLoop {
    private static final String PRE_BIND = "running PreBind plugin \"%s\": ";
    private final SchedulerConfiguration configuration;
    private final SchedulerMetrics metrics;
    private final SchedulingQueue queue;
    private final ClusterState cluster;
    private final AssumedVolumes volumes;
    private final DeviceBinding devices;
    private final PodBinder binder;
    private final LiveView budgets;
    private final BooleanSupplier ready;
    private final AttemptEnds ends;
    private final RandomGenerator dice;
    private final System.Logger log = System.getLogger("io.k3j.scheduler");
    private int start;
    private volatile String trouble = "";

    /// @param ready whether the views are synced
    SchedulerLoop(EventHandlers watching, PodBinder binder, BooleanSupplier ready, Executor bindings,
            RandomGenerator dice) {
        this.configuration = watching.configuration();
        this.metrics = watching.metrics();
        this.queue = watching.queue();
        this.cluster = watching.cluster();
        this.volumes = watching.volumes();
        this.budgets = watching.budgets();
        this.devices = new DeviceBinding(binder.api(), watching.devices());
        this.binder = binder;
        this.ready = ready;
        this.ends = new AttemptEnds(binder, queue, cluster, metrics, bindings);
        this.dice = dice;
    }

    /// Schedules the next pod, or finds that it is unschedulable.
    /// @return false when no pod is due
    boolean step() {
        if (!ready.getAsBoolean()) {
            return false;
        }
        Optional<QueuedPod> next = queue.take();
        next.ifPresent(this::schedule);
        return next.isPresent();
    }

    /// The current problem, empty when there is none.
    String trouble() {
        return trouble;
    }

    private void schedule(QueuedPod entry) {
        PodInfo pod = entry.pod();
        if (cluster.placed(pod.uid())) {
            queue.remove(pod.uid());
            return;
        }
        Timing timing = metrics.attempt(pod.schedulerName());
        try {
            Optional<String> unmade = cluster.release(pod.uid()) ? unmade(pod) : Optional.empty();
            if (unmade.isPresent()) {
                givenBack(entry, unmade.get());
                trouble = "";
                return;
            }
            Snapshot snapshot = cluster.snapshot();
            switch (Placement.of(profile(pod), binder.extenders(), pod, snapshot, start, dice, timing)) {
                case Placement.Found found -> {
                    metrics.decided(entry.begun());
                    start = (start + found.looked()) % snapshot.nodes().size();
                    assumeAndBind(entry, found, timing);
                }
                case Placement.None none -> unschedulable(entry, none, snapshot, timing);
            }
            trouble = "";
        } catch (RuntimeException e) {
            trouble = "cannot place pod " + pod.key() + ": " + e.getMessage();
            log.log(Level.WARNING, "Error scheduling pod; retrying pod=" + pod.key(), e);
            ends.hand(entry, () -> ends.retry(entry, String.valueOf(e.getMessage())));
        }
    }

    /// Pods of no profile are never queued.
    private SchedulerProfile profile(PodInfo pod) {
        return configuration.profile(pod.schedulerName()).orElse(SchedulerProfile.DEFAULT);
    }

    /// The claim of a pod with a reserved place whose node was taken back since; empty when there is none.
    private Optional<String> unmade(PodInfo pod) {
        return profile(pod).filters(VolumeFilter.NAME)
                ? Optional.ofNullable(VolumeFilter.of(pod, volumes)).flatMap(VolumeFilter::unprepared)
                : Optional.empty();
    }

    /// Who makes volumes takes the node back from a claim when it cannot make one there. The pod gives up its place,
    /// which would be tried first again, and is scheduled anew after its back-off, in upstream's words.
    private void givenBack(QueuedPod entry, String claim) {
        PodInfo pod = entry.pod();
        boolean withdrawn = cluster.withdraw(pod.uid());
        ends.hand(entry, () -> {
            ends.freed(pod, withdrawn);
            withoutNomination(pod);
            ends.retry(entry, PRE_BIND.formatted(VolumeFilter.NAME) + "binding volumes: provisioning failed for PVC \""
                    + claim + "\"");
        });
    }

    /// Whatever the pod at hand says: it may be older than its nomination.
    private void withoutNomination(PodInfo pod) {
        try {
            binder.nominate(pod, "");
        } catch (ApiFault fault) {
            log.log(Level.DEBUG, "Cannot take back nomination pod=" + pod.key() + " error=" + fault.getMessage());
        }
    }

    private void assumeAndBind(QueuedPod entry, Placement.Found found, Timing timing) {
        PodInfo pod = entry.pod();
        NodeState node = found.node();
        @Nullable
        VolumeFilter claimed = found.claims().volumes();
        @Nullable
        DeviceFilter wanted = found.claims().devices();
        if (claimed != null && claimed.hasWaitingClaims()) {
            List<Obj> plan = claimed.plan(node);
            volumes.assume(plan);
            ends.freed(pod, cluster.reserve(pod, node.name()));
            ends.hand(entry, () -> bindVolumes(entry, plan, node.name(), timing));
            return;
        }
        DevicePlan plan = wanted == null ? DevicePlan.NONE : wanted.plan(node);
        ends.freed(pod, cluster.assume(pod, node.name()));
        devices.devices().assume(plan.claims());
        ends.hand(entry, () -> bind(entry, plan, node.name(), timing));
    }

    /// Starts the binding of the pod's claims to volumes for the node; the pod is queued again when they are bound. Its
    /// place is kept meanwhile, for the next leader too: once its volume is on the node it can be nowhere else.
    private void bindVolumes(QueuedPod entry, List<Obj> plan, String node, Timing timing) {
        PodInfo pod = entry.pod();
        Instant begun = timing.now();
        try {
            if (!plan.isEmpty() || !node.equals(pod.nominatedNode().orElse(""))) {
                binder.nominate(pod, node);
            }
            plan.forEach(wanted -> volumes.confirm(wanted, binder.bindVolume(wanted)));
            timing.step(Timing.PRE_BIND, Timing.SUCCESS, begun);
        } catch (ApiFault fault) {
            timing.step(Timing.PRE_BIND, Timing.ERROR, begun);
            ends.rejected(entry, fault, PRE_BIND.formatted(VolumeFilter.NAME));
            return;
        } finally {
            // without effect on what was written
            volumes.restore(plan);
        }
        ends.settled(entry, queue.park(entry, Set.of(VolumeFilter.NAME)));
    }

    /// Writes what the pod's claims were given, and binds it. Where devices are not ready its place is kept, and it is
    /// queued again when something is told of them.
    private void bind(QueuedPod entry, DevicePlan plan, String node, Timing timing) {
        PodInfo pod = entry.pod();
        Instant begun = timing.now();
        List<Obj> written;
        try {
            written = devices.write(plan, pod.pod());
            if (plan.waits()) {
                ends.freed(pod, cluster.reserve(pod, node));
                binder.keep(pod, node);
                timing.step(Timing.PRE_BIND, Timing.SUCCESS, begun);
                ends.settled(entry, queue.park(entry, Set.of(DeviceFilter.NAME)));
                return;
            }
        } catch (ApiFault fault) {
            timing.step(Timing.PRE_BIND, Timing.ERROR, begun);
            ends.rejected(entry, fault, PRE_BIND.formatted(DeviceFilter.NAME));
            return;
        }
        try {
            binder.bind(pod, node);
            timing.step(Timing.BIND, Timing.SUCCESS, begun);
            metrics.bound(entry);
            queue.remove(pod.uid());
        } catch (ApiFault fault) {
            timing.step(Timing.BIND, Timing.ERROR, begun);
            devices.refused(written, pod.pod(), fault);
            ends.rejected(entry, fault, "binding rejected: ");
        }
    }

    private void unschedulable(QueuedPod entry, Placement.None none, Snapshot snapshot, Timing timing) {
        PodInfo pod = entry.pod();
        Set<String> after = profile(pod).postFilters();
        Preemption.Result result = none.nodes() == 0 || !after.contains(Preemption.NAME) ? Preemption.Result.NONE
                : victims(pod, none, snapshot, timing);
        metrics.decided(entry.begun());
        metrics.ended(SchedulerMetrics.UNSCHEDULABLE, entry);
        if (result.best().isPresent()) {
            Preemption.Candidate best = result.best().get();
            List<PodInfo> displaced = Preemption.displaced(pod, best.node().name(), snapshot);
            boolean moved = cluster.nominate(pod, best.node().name());
            // those that do not run yet give up their place, and are scheduled again
            List<PodInfo> yielding = best.victims().stream().filter(v -> cluster.abandon(v.uid())).toList();
            ends.hand(entry, () -> {
                preempt(entry, none, best, displaced, yielding);
                ends.freed(pod, moved);
            });
            return;
        }
        boolean withdrawn = !result.keepsNomination() && cluster.withdraw(pod.uid());
        List<Obj> idle = after.contains(DeviceFilter.NAME) ? DeviceFilter.idle(none.filters()) : List.of();
        String message = none.message() + (none.nodes() == 0 ? "" : PostFilters.message(after, result, pod, idle));
        ends.hand(entry, () -> {
            devices.deallocate(idle, pod.pod());
            binder.report(pod, "Unschedulable", message, result.keepsNomination() ? null : "");
            ends.settled(entry, queue.failed(entry, Extender.helping(none.plugins())));
            ends.freed(pod, withdrawn);
        });
    }

    private Preemption.Result victims(PodInfo pod, Placement.None none, Snapshot snapshot, Timing timing) {
        Instant begun = timing.now();
        metrics.preempting();
        Preemption.Result result = new Preemption(profile(pod), pod, snapshot, budgets.list(), none)
                .find(binder.extenders());
        result.best().ifPresent(best -> metrics.preempted(best.victims().size()));
        timing.plugin(Preemption.NAME, Timing.POST_FILTER, result.status(), begun);
        timing.step(Timing.POST_FILTER, result.status(), begun);
        return result;
    }

    private void preempt(QueuedPod entry, Placement.None none, Preemption.Candidate best,
            List<PodInfo> displaced, List<PodInfo> yielding) {
        PodInfo pod = entry.pod();
        String node = best.node().name();
        yielding.forEach(v -> queue.retry(v.uid()));
        try {
            List<PodInfo> going = best.victims().stream().filter(v -> !yielding.contains(v)).toList();
            SlowStart.all(going.size(), i -> binder.evict(going.get(i), pod, node));
            displaced.forEach(other -> binder.nominate(other, ""));
            yielding.forEach(v -> binder.nominate(v, ""));
        } catch (ApiFault fault) {
            log.log(Level.WARNING,
                    "Cannot preempt pod=" + pod.key() + " node=" + node + " error=" + fault.getMessage());
            boolean withdrawn = cluster.withdraw(pod.uid());
            binder.report(pod, "Unschedulable", none.message(), "");
            ends.settled(entry, queue.error(entry));
            ends.freed(pod, withdrawn);
            return;
        }
        displaced.forEach(other -> cluster.withdraw(other.uid()));
        if (!yielding.isEmpty()) {
            queue.changed(QueueEvents.ASSIGNED_DELETE, EventHandlers.ROOM);
        }
        binder.report(pod, "Unschedulable", none.message(), node);
        ends.settled(entry, queue.failed(entry, Extender.helping(none.plugins())));
    }
}
