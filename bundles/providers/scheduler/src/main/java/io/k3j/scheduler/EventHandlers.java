package io.k3j.scheduler;

import io.k3j.componentapi.TimeSource;
import io.k3j.componenthelpers.PodClaim;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.Pods;
import io.k3j.deviceallocation.AssumedDevices;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.schedulercache.AssumedVolumes;
import io.k3j.schedulercache.ClusterState;
import io.k3j.schedulercache.DefaultSelector;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.PodRequests;
import io.k3j.schedulercache.ResourceAmounts;
import io.k3j.schedulercache.ServedPorts;
import io.k3j.schedulercache.ViewedVolumes;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.schedulingqueue.QueueEvents;
import io.k3j.schedulingqueue.SchedulingQueue;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Applies view events to the cluster state and the scheduling queue. Called on the views' threads.
final class EventHandlers {
    /// The filters that may let a pod pass when another leaves.
    static final Set<String> ROOM = Set.of(NodeFilters.FIT, NodeFilters.PORTS, SpreadFilter.NAME,
            PodAffinityFilter.NAME, VolumeRestrictions.NAME, VolumeLimits.NAME);
    /// Those that may let a pod pass when another's place is given up: of its devices, no claim has told anything yet.
    static final Set<String> GIVEN_UP = Set.of(NodeFilters.FIT, NodeFilters.PORTS, SpreadFilter.NAME,
            PodAffinityFilter.NAME, VolumeRestrictions.NAME, VolumeLimits.NAME, DeviceFilter.NAME);
    private static final Set<String> NEIGHBOURS = Set.of(SpreadFilter.NAME, PodAffinityFilter.NAME);
    /// What an empty node of a domain can have kept from being scheduled elsewhere.
    private static final Set<String> BALANCE = Set.of(SpreadFilter.NAME);
    private static final Set<String> FREED_PORTS = Set.of(NodeFilters.PORTS);
    private static final Set<String> ANYTHING = Set.of();

    private final SchedulerConfiguration configuration;
    private final SchedulerMetrics metrics;
    private final SchedulingQueue queue;
    private final ClusterState cluster;
    private final AssumedVolumes volumes;
    private final AssumedDevices devices;
    private final LiveView budgets;
    private final Function<String, Map<String, String>> namespaceLabels;
    private final CountDownLatch initialized = new CountDownLatch(1);

    /// @param configuration whose profiles' pods are scheduled
    EventHandlers(LiveViews views, TimeSource clock, SchedulerConfiguration configuration) {
        this.configuration = configuration;
        LiveView namespaces = views.of(BuiltinResources.NAMESPACES);
        ViewedVolumes seen = ViewedVolumes.of(views);
        this.budgets = views.of(BuiltinResources.POD_DISRUPTION_BUDGETS);
        this.metrics = new SchedulerMetrics(clock.monotonic());
        this.queue = new SchedulingQueue(clock, configuration.initialBackOff(),
                configuration.longestBackOff());
        this.namespaceLabels = n -> namespaces.get(Key.of(n)).map(Obj::labels).orElse(Map.of());
        this.volumes = new AssumedVolumes(seen);
        this.devices = new AssumedDevices(views, clock);
        this.cluster = new ClusterState(namespaceLabels, volumes, devices, new DefaultSelector(views)::of,
                new ServedPorts(views)::of);
        views.of(BuiltinResources.NODES).listen(this::node);
        views.of(BuiltinResources.PODS).listen(this::pod);
        views.of(BuiltinResources.SERVICES).listen(this::service);
        new VolumeEvents(queue, volumes).listen(seen);
        new DeviceEvents(queue, devices).listen();
    }

    SchedulerConfiguration configuration() {
        return configuration;
    }

    SchedulerMetrics metrics() {
        return metrics;
    }

    SchedulingQueue queue() {
        return queue;
    }

    ClusterState cluster() {
        return cluster;
    }

    AssumedVolumes volumes() {
        return volumes;
    }

    AssumedDevices devices() {
        return devices;
    }

    LiveView budgets() {
        return budgets;
    }

    /// Whether a node was seen that its cloud controller has initialized. K3s starts to schedule then, so that the
    /// first pods do not spend their first back-off waiting for it.
    boolean initialized() {
        return initialized.getCount() == 0;
    }

    /// Waits for [#initialized], up to `limit`; returns false when the thread is interrupted.
    boolean awaitInitialized(Duration limit) {
        try {
            return initialized.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void service(@Nullable Obj before, @Nullable Obj after) {
        if (ServedPorts.freed(before, after)) {
            queue.changed(QueueEvents.of("Service", before, after), FREED_PORTS);
        }
    }

    private void node(@Nullable Obj before, @Nullable Obj after) {
        if (after == null) {
            if (before != null) {
                cluster.removeNode(before.name());
                queue.changed(QueueEvents.NODE_DELETE, BALANCE);
                lost(QueueEvents.NODE_DELETE, before.name());
            }
            return;
        }
        if (before != null && NodeChange.none(before, after)) {
            return;
        }
        cluster.put(after);
        if (after.spec().seq("taints").find("key", "node.cloudprovider.kubernetes.io/uninitialized").isEmpty()) {
            initialized.countDown();
        }
        String event = QueueEvents.node(before, after);
        Set<String> helped = before == null ? ANYTHING : NodeChange.helped(before, after);
        if (before == null || !helped.isEmpty()) {
            queue.changed(event, helped, NodeHints.of(before, after, configuration, devices)::helps);
        }
        if (before != null && !before.spec().equals(after.spec())) {
            lost(event, after.name());
        }
    }

    /// Pods nominated to a node that may be of no use any more look for another.
    private void lost(String event, String node) {
        queue.changed(event, ANYTHING, waiting -> waiting.nominatedNode().filter(node::equals).isPresent());
    }

    private void pod(@Nullable Obj before, @Nullable Obj after) {
        if (after == null || Pods.finished(after)) {
            Obj gone = after != null ? after : before;
            if (gone != null) {
                left(gone);
            }
        } else if (!Pods.node(after).isEmpty()) {
            bound(before, after);
        } else {
            waiting(before, after);
        }
    }

    private void bound(@Nullable Obj before, Obj after) {
        PodInfo pod = new PodInfo(after);
        queue.remove(after.uid());
        freed(QueueEvents.ASSIGNED_ADD, cluster.put(pod));
        if (before == null || Pods.node(before).isEmpty()) {
            queue.changed(QueueEvents.ASSIGNED_ADD, NEIGHBOURS,
                    waiting -> Neighbours.welcomes(waiting, pod, namespaceLabels, configuration));
        } else if (!before.metadata().struct("labels").equals(after.metadata().struct("labels"))) {
            queue.changed(QueueEvents.ASSIGNED_LABEL, NEIGHBOURS);
        }
        freed(QueueEvents.ASSIGNED_SCALE_DOWN,
                before != null && !Pods.node(before).isEmpty() && needsLess(before, after));
    }

    /// Room that was kept for a pod, or taken by it, may be another's now.
    private void freed(String event, boolean some) {
        if (some) {
            queue.changed(event, ROOM);
        }
    }

    /// Whether a running pod was made smaller.
    private static boolean needsLess(Obj before, Obj after) {
        if (before.spec().equals(after.spec()) && before.status().equals(after.status())) {
            return false;
        }
        ResourceAmounts now = PodRequests.of(after);
        return !now.max(PodRequests.of(before)).equals(now);
    }

    private void left(Obj pod) {
        queue.remove(pod.uid());
        freed(QueueEvents.ASSIGNED_DELETE, cluster.abandon(pod.uid()) | cluster.remove(pod.uid()));
    }

    private void waiting(@Nullable Obj before, Obj after) {
        String name = after.spec().text("schedulerName", PodBinder.SCHEDULER);
        boolean ours = configuration.profile(name).isPresent();
        boolean gated = !after.spec().seq("schedulingGates").isEmpty() || waitsForClaims(after);
        if (!ours || after.terminating() || gated) {
            if (ours && gated && !after.terminating()) {
                queue.gate(after.uid(), name);
            } else {
                queue.remove(after.uid());
            }
            freed(QueueEvents.POD_UPDATE, cluster.abandon(after.uid()));
            return;
        }
        PodInfo pod = new PodInfo(after);
        boolean displaced = renominated(before, pod);
        boolean same = before != null && before.spec().equals(after.spec())
                && before.metadata().struct("labels").equals(after.metadata().struct("labels"))
                && before.spec().seq("schedulingGates").isEmpty() && before.status().seq("resourceClaimStatuses")
                        .equals(after.status().seq("resourceClaimStatuses"));
        if (same && !displaced) {
            queue.refresh(pod);
        } else {
            queue.add(pod);
        }
    }

    /// Whether a claim of it has still to be made: upstream's `PreEnqueue` of `DynamicResources`.
    private static boolean waitsForClaims(Obj pod) {
        return PodClaim.of(pod).stream().anyMatch(PodClaim::waits);
    }

    /// Follows the nomination in a pod's status.
    /// @return whether it was taken back
    private boolean renominated(@Nullable Obj before, PodInfo pod) {
        String old = before == null ? "" : before.status().text("nominatedNodeName");
        String now = pod.nominatedNode().orElse("");
        if (!now.isEmpty() && !now.equals(old)) {
            freed(QueueEvents.POD_UPDATE, cluster.nominate(pod, now));
        } else if (now.isEmpty() && !old.isEmpty()) {
            freed(QueueEvents.POD_UPDATE, cluster.withdraw(pod.uid(), old));
            return true;
        }
        return false;
    }
}
