package io.k3j.controllerscluster;

import io.k3j.clientapi.WriteOptions;
import io.k3j.componentapi.TimeSource;
import io.k3j.controllerkit.Again;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Desk;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Pods;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Resources;
import io.k3j.controllerkit.WorkQueue;
import io.k3j.controllerkit.Writer;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Notices nodes that say nothing any more and taints nodes by their conditions:
/// <https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller>.
final class NodeLifecycle implements Reconciler {
    /// How often a node is looked at, upstream's `--node-monitor-period`.
    static final Duration PERIOD = Duration.ofSeconds(5);
    /// How long a node may say nothing, upstream's `--node-monitor-grace-period`.
    static final Duration GRACE = Duration.ofSeconds(50);
    /// The same for a node that has never said anything, upstream's `--node-startup-grace-period`.
    static final Duration STARTUP_GRACE = Duration.ofSeconds(60);
    static final String ACCOUNT = "node-controller";
    private static final Key ZONES = new Key("zones", "all");
    private static final List<String> TYPES = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    /// What a node last said, and when we saw it: its own clock may be wrong.
    private record Sign(String uid, String said, Instant at, boolean spoke) {
    }

    private final LiveView nodes;
    private final LiveView leases;
    private final LiveView pods;
    private final TimeSource clock;
    private final Events events;
    private final Map<Key, Sign> signs = new ConcurrentHashMap<>();
    private final Zones zones = new Zones();
    private final Set<Key> toEvict = new LinkedHashSet<>();
    private final WorkQueue queue;

    private NodeLifecycle(Desk desk) {
        this.nodes = desk.views().of(Resources.NODES);
        this.leases = desk.views().of(Resources.LEASES);
        this.pods = onNodes(desk.views().of(Resources.PODS));
        this.clock = desk.clock();
        this.events = desk.events("node-controller", ACCOUNT);
        this.queue = desk.loop("node-lifecycle-controller", ACCOUNT, 1, this).on(nodes).reads(leases, pods).queue();
    }

    /// A view of pods that can be asked by node.
    static LiveView onNodes(LiveView pods) {
        return pods.index("node", p -> Pods.node(p).isEmpty() ? List.of() : List.of(Pods.node(p)));
    }

    static void add(Desk desk) {
        new NodeLifecycle(desk).queue.add(ZONES);
    }

    @Override
    public Again reconcile(Key key, Writer writer) {
        return key.equals(ZONES) ? evict(writer) : node(key, writer);
    }

    private Again node(Key key, Writer writer) {
        Optional<Obj> found = nodes.get(key);
        if (found.isEmpty()) {
            signs.remove(key);
            toEvict.remove(key);
            return Again.NEVER;
        }
        Obj node = found.get();
        Sign sign = sign(node);
        Duration grace = sign.spoke() ? GRACE : STARTUP_GRACE;
        if (Duration.between(sign.at(), clock.monotonic().instant()).compareTo(grace) > 0) {
            node = silent(node, sign.spoke(), writer);
        }
        node = tainted(node, NodeTaints.wanted(node, false, clock.instant()), writer);
        if (!NodeTaints.toEvict(node)) {
            toEvict.remove(key);
        } else if (toEvict.add(key)) {
            queue.add(ZONES);
        }
        if (!Conditions.isTrue(node.status().seq("conditions"), "Ready")) {
            markPods(node, writer);
        }
        return Again.after(PERIOD);
    }

    private static Obj tainted(Obj node, Seq taints, Writer writer) {
        if (taints.equals(node.spec().seq("taints"))) {
            return node;
        }
        Struct changes = Struct.of("metadata", Struct.of("resourceVersion", Long.toString(node.revision())), "spec",
                Struct.of("taints", taints));
        return writer.patch(Resources.NODES, node.key(), new Patch.Merge(changes), WriteOptions.PLAIN);
    }

    /// Gives nodes the taint by which their pods leave, as fast as their zones allow; none while all nodes are away.
    private Again evict(Writer writer) {
        Instant now = clock.monotonic().instant();
        if (zones.look(nodes.list())) {
            signs.replaceAll((k, s) -> new Sign(s.uid(), s.said(), now, s.spoke()));
        }
        if (zones.away()) {
            nodes.list().forEach(n -> tainted(n, NodeTaints.spared(n), writer));
        }
        Duration next = PERIOD;
        for (Key key : List.copyOf(toEvict)) {
            Optional<Obj> node = nodes.get(key).filter(NodeTaints::toEvict);
            Duration wait = node.isEmpty() ? Duration.ZERO
                    : zones.take(Zones.of(node.get()), now);
            if (wait.isZero()) {
                node.ifPresent(n -> tainted(n, NodeTaints.wanted(n, true, clock.instant()), writer));
                toEvict.remove(key);
            } else {
                next = wait.compareTo(next) < 0 ? wait : next;
            }
        }
        return Again.after(next);
    }

    private Sign sign(Obj node) {
        String renewed = leases.get(new Key("kube-node-lease", node.name())).map(l -> l.spec().text("renewTime"))
                .orElse("");
        Struct ready = node.status().seq("conditions").find("type", "Ready");
        boolean unknown = ready.text("status").equals("Unknown");
        String beat = unknown && ready.text("reason").equals("NodeStatusUnknown") ? ""
                : ready.text("lastHeartbeatTime");
        String said = renewed + "/" + beat;
        Sign known = signs.get(node.key());
        boolean first = known == null || !known.uid().equals(node.uid());
        boolean silence = renewed.isEmpty() && beat.isEmpty();
        if (first || !silence && !known.said().equals(said)) {
            Sign next = new Sign(node.uid(), said, clock.monotonic().instant(), !renewed.isEmpty() || !ready.isEmpty());
            signs.put(node.key(), next);
            return next;
        }
        return known;
    }

    private Obj silent(Obj node, boolean spoke, Writer writer) {
        Seq conditions = node.status().seq("conditions");
        for (String type : TYPES) {
            Struct wanted = Struct.of("type", type, "status", "Unknown", "reason",
                    spoke ? "NodeStatusUnknown" : "NodeStatusNeverUpdated", "message",
                    spoke ? "Kubelet stopped posting node status." : "Kubelet never posted node status.");
            if (!Conditions.status(conditions, type).equals("Unknown")) {
                conditions = Conditions.with(conditions, wanted, clock.instant());
            }
        }
        if (conditions.equals(node.status().seq("conditions"))) {
            return node;
        }
        events.tell(Events.reference(node).with("uid", node.name()), "Normal", "NodeNotReady",
                "Node " + node.name() + " status is now: NodeNotReady");
        return writer.updateStatus(Resources.NODES, node.with(conditions, "status", "conditions"));
    }

    /// A service must not send anything to pods nobody can vouch for.
    private void markPods(Obj node, Writer writer) {
        for (Obj pod : pods.by("node", node.name())) {
            Seq conditions = pod.status().seq("conditions");
            if (!Conditions.isTrue(conditions, "Ready")) {
                continue;
            }
            Seq next = Conditions.with(conditions, Conditions.of("Ready", false, "NodeNotReady", ""), clock.instant());
            Struct changes = Struct.of("metadata", Struct.of("uid", pod.uid(), "resourceVersion",
                    Long.toString(pod.revision())), "status", Struct.of("conditions", next));
            writer.patch(Resources.PODS, pod.key(), new Patch.Merge(changes), WriteOptions.STATUS);
            events.warning(pod, "NodeNotReady", "Node is not ready");
        }
    }
}
