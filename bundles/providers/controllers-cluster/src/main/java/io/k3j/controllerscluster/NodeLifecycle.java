package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Requeue;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.WorkQueue;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Marks nodes whose kubelet has stopped reporting, and taints nodes by their conditions:
/// <https://kubernetes.io/docs/concepts/architecture/nodes/#monitor-controller>.
final class NodeLifecycle implements Reconciler {
    static final String ACCOUNT = "node-controller";
    private static final Key ZONES = new Key("zones", "all");
    private static final List<String> TYPES = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    /// The last heartbeat of a node and when this server saw it: the node's own clock may be wrong.
    private record Heartbeat(String uid, String content, Instant at, boolean reported) {
    }

    private final LiveView nodes;
    private final LiveView leases;
    private final LiveView pods;
    private final TimeSource clock;
    private final Events events;
    private final Map<Key, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    private final NodeMonitoring monitoring;
    private final ZoneDisruption zones;
    private final Set<Key> toEvict = new LinkedHashSet<>();
    /// Nodes that were given up and whose pods may not all say so yet; bounded by the nodes there are.
    private final Set<Key> toMark = new HashSet<>();
    private final WorkQueue queue;

    private NodeLifecycle(ControllerContext context, NodeMonitoring monitoring) {
        this.monitoring = monitoring;
        this.zones = new ZoneDisruption(monitoring);
        this.nodes = context.views().of(BuiltinResources.NODES);
        this.leases = context.views().of(BuiltinResources.LEASES);
        this.pods = indexedByNode(context.views().of(BuiltinResources.PODS));
        this.clock = context.clock();
        this.events = context.events("node-controller", ACCOUNT);
        this.queue = context.loop("node-lifecycle-controller", ACCOUNT, 1, this).on(nodes).reads(leases, pods).queue();
    }

    /// Adds the index `monitor` to a view of pods.
    static LiveView indexedByNode(LiveView pods) {
        return pods.index("node", p -> Pods.node(p).isEmpty() ? List.of() : List.of(Pods.node(p)));
    }

    static void add(ControllerContext context, NodeMonitoring monitoring) {
        new NodeLifecycle(context, monitoring).queue.add(ZONES);
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        return key.equals(ZONES) ? evict(writer) : monitor(key, writer);
    }

    private Requeue monitor(Key key, ExpectingWriter writer) {
        Optional<Obj> found = nodes.get(key);
        if (found.isEmpty()) {
            @Nullable
            Heartbeat gone = heartbeats.remove(key);
            if (gone != null) {
                tell(key.name(), gone.uid(), "RemovingNode", "Removing Node " + key.name() + " from Controller");
            }
            toEvict.remove(key);
            toMark.remove(key);
            return Requeue.NEVER;
        }
        Obj node = found.get();
        Heartbeat heartbeat = heartbeat(node);
        Duration grace = heartbeat.reported() ? monitoring.grace() : monitoring.startupGrace();
        if (Duration.between(heartbeat.at(), clock.monotonic().instant()).compareTo(grace) > 0) {
            node = markUnknown(node, heartbeat.reported(), writer);
        }
        node = withTaints(node, NodeTaints.wanted(node, false, clock.instant()), writer);
        if (!NodeTaints.needsEvictionTaint(node)) {
            toEvict.remove(key);
        } else if (toEvict.add(key)) {
            queue.add(ZONES);
        }
        if (ready(node)) {
            toMark.remove(key);
        } else if (toMark.contains(key)) {
            markPodsNotReady(node, writer);
            toMark.remove(key);
        }
        return Requeue.after(monitoring.period());
    }

    private static boolean ready(Obj node) {
        return Conditions.isTrue(node.status().seq("conditions"), "Ready");
    }

    private static Obj withTaints(Obj node, Seq taints, ExpectingWriter writer) {
        if (taints.equals(node.spec().seq("taints"))) {
            return node;
        }
        Struct changes = Struct.of("metadata", Struct.of("resourceVersion", Long.toString(node.revision())), "spec",
                Struct.of("taints", taints));
        return writer.patch(BuiltinResources.NODES, node.key(), new Patch.Merge(changes), WriteOptions.PLAIN);
    }

    /// Adds the `NoExecute` taints, limited by the eviction rate of each zone; none while all zones are fully
    /// disrupted.
    private Requeue evict(ExpectingWriter writer) {
        Instant now = clock.monotonic().instant();
        if (zones.update(nodes.list())) {
            heartbeats.replaceAll((k, s) -> new Heartbeat(s.uid(), s.content(), now, s.reported()));
        }
        if (zones.fullyDisrupted()) {
            nodes.list().forEach(n -> withTaints(n, NodeTaints.withoutEvictionTaints(n), writer));
        }
        Duration next = monitoring.period();
        for (Key key : List.copyOf(toEvict)) {
            Optional<Obj> node = nodes.get(key).filter(NodeTaints::needsEvictionTaint);
            Duration wait = node.isEmpty() ? Duration.ZERO
                    : zones.tryEvict(ZoneDisruption.of(node.get()), now);
            if (wait.isZero()) {
                node.ifPresent(n -> withTaints(n, NodeTaints.wanted(n, true, clock.instant()), writer));
                toEvict.remove(key);
            } else {
                next = wait.compareTo(next) < 0 ? wait : next;
            }
        }
        return Requeue.after(next);
    }

    private void tell(String node, String uid, String reason, String what) {
        events.tell(Struct.of("kind", "Node", "name", node, "uid", uid, "apiVersion", "v1"), "Normal", reason,
                "Node " + node + " event: " + what);
    }

    private Heartbeat heartbeat(Obj node) {
        String renewed = leases.get(new Key("kube-node-lease", node.name())).map(l -> l.spec().text("renewTime"))
                .orElse("");
        Struct ready = node.status().seq("conditions").find("type", "Ready");
        boolean unknown = ready.text("status").equals("Unknown");
        String conditionTime = unknown && ready.text("reason").equals("NodeStatusUnknown") ? ""
                : ready.text("lastHeartbeatTime");
        String content = renewed + "/" + conditionTime;
        Heartbeat known = heartbeats.get(node.key());
        boolean noHeartbeat = renewed.isEmpty() && conditionTime.isEmpty();
        if (known != null && known.uid().equals(node.uid()) && (noHeartbeat || known.content().equals(content))) {
            return known;
        }
        if (known == null || !known.uid().equals(node.uid())) {
            tell(node.name(), node.uid(), "RegisteredNode", "Registered Node " + node.name() + " in Controller");
        }
        Heartbeat next = new Heartbeat(node.uid(), content, clock.monotonic().instant(),
                !renewed.isEmpty() || !ready.isEmpty());
        heartbeats.put(node.key(), next);
        return next;
    }

    private Obj markUnknown(Obj node, boolean reported, ExpectingWriter writer) {
        Seq conditions = node.status().seq("conditions");
        for (String type : TYPES) {
            Struct wanted = Struct.of("type", type, "status", "Unknown", "reason",
                    reported ? "NodeStatusUnknown" : "NodeStatusNeverUpdated", "message",
                    reported ? "Kubelet stopped posting node status." : "Kubelet never posted node status.");
            if (!Conditions.status(conditions, type).equals("Unknown")) {
                conditions = Conditions.with(conditions, wanted, clock.instant());
            }
        }
        if (conditions.equals(node.status().seq("conditions"))) {
            return node;
        }
        if (ready(node)) {
            toMark.add(node.key());
        }
        events.normal(node, "NodeNotReady", "Node " + node.name() + " status is now: NodeNotReady");
        return writer.updateStatus(BuiltinResources.NODES, node.with(conditions, "status", "conditions"));
    }

    /// Marks the pods of a node that was given up as not ready, so that Services stop sending to them. Once: a kubelet
    /// that reports its pods without its node, or itself says that the node is not ready, knows better from then on.
    private void markPodsNotReady(Obj node, ExpectingWriter writer) {
        IndependentSteps attempts = new IndependentSteps();
        attempts.each(pods.by("node", node.name()).stream().filter(Pods::ready).toList(),
                pod -> markNotReady(pod, writer));
        attempts.end();
    }

    private void markNotReady(Obj pod, ExpectingWriter writer) {
        Seq conditions = pod.status().seq("conditions");
        Seq next = Conditions.with(conditions, conditions.find("type", "Ready").with("status", "False"),
                clock.instant());
        Struct changes = Struct.of("metadata", Struct.of("uid", pod.uid(), "resourceVersion",
                Long.toString(pod.revision())), "status", Struct.of("conditions", next));
        try {
            writer.patch(BuiltinResources.PODS, pod.key(), new Patch.Merge(changes), WriteOptions.STATUS);
        } catch (ApiFault fault) {
            if (fault.code() == 404) {
                return;
            }
            throw fault;
        }
        events.warning(pod, "NodeNotReady", "Node is not ready");
    }
}
