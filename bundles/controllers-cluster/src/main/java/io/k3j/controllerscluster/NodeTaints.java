package io.k3j.controllerscluster;

import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which taints a node's conditions call for:
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-not-ready>. Pure.
final class NodeTaints {
    static final String NOT_READY = "node.kubernetes.io/not-ready";
    static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private static final Map<String, String> BY_CONDITION = Map.of("MemoryPressure",
            "node.kubernetes.io/memory-pressure",
            "DiskPressure", "node.kubernetes.io/disk-pressure", "PIDPressure", "node.kubernetes.io/pid-pressure",
            "NetworkUnavailable", "node.kubernetes.io/network-unavailable");
    private static final String CORDONED = "node.kubernetes.io/unschedulable";

    private NodeTaints() {
    }

    /// The node's taints as they should be; the same list when they are.
    /// @param evict whether a node that has no taint by which its pods leave may get one
    static Seq wanted(Obj node, boolean evict, Instant now) {
        Map<String, Boolean> ours = ours(node, evict);
        List<Struct> taints = new ArrayList<>();
        for (Struct taint : node.spec().seq("taints").structs()) {
            if (ours.getOrDefault(id(taint), true)) {
                taints.add(taint);
                ours.remove(id(taint));
            }
        }
        ours.forEach((id, holds) -> {
            if (holds) {
                taints.add(taint(id, now));
            }
        });
        Seq next = Seq.copyOf(taints);
        return next.equals(node.spec().seq("taints")) ? node.spec().seq("taints") : next;
    }

    private static String id(Struct taint) {
        return taint.text("key") + ":" + taint.text("effect");
    }

    /// Whether its pods should leave a node, and do not yet.
    static boolean toEvict(Obj node) {
        String ready = Conditions.status(node.status().seq("conditions"), "Ready");
        return (ready.equals("False") || ready.equals("Unknown")) && execute(node).isEmpty();
    }

    /// The node's taints without those by which pods leave it for its silence.
    static Seq spared(Obj node) {
        return Seq.copyOf(node.spec().seq("taints").structs().stream().filter(t -> !executes(t)).toList());
    }

    private static Optional<Struct> execute(Obj node) {
        return node.spec().seq("taints").structs().stream().filter(NodeTaints::executes).findFirst();
    }

    private static boolean executes(Struct taint) {
        return taint.text("effect").equals("NoExecute")
                && (taint.text("key").equals(NOT_READY) || taint.text("key").equals(UNREACHABLE));
    }

    private static Map<String, Boolean> ours(Obj node, boolean evict) {
        Seq conditions = node.status().seq("conditions");
        String ready = Conditions.status(conditions, "Ready");
        boolean unknown = ready.equals("Unknown");
        boolean down = ready.equals("False");
        Map<String, Boolean> ours = new LinkedHashMap<>();
        ours.put(NOT_READY + ":NoSchedule", down || ready.isEmpty());
        ours.put(UNREACHABLE + ":NoSchedule", unknown);
        boolean evicted = execute(node).isPresent();
        ours.put(NOT_READY + ":NoExecute", down && (evict || evicted));
        ours.put(UNREACHABLE + ":NoExecute", unknown && (evict || evicted));
        BY_CONDITION.forEach((type, key) -> ours.put(key + ":NoSchedule", Conditions.isTrue(conditions, type)));
        ours.put(CORDONED + ":NoSchedule", node.spec().flag("unschedulable"));
        return ours;
    }

    private static Struct taint(String id, Instant now) {
        int colon = id.indexOf(':');
        Struct.Builder b = Struct.builder().put("key", id.substring(0, colon)).put("effect", id.substring(colon + 1));
        return b.put("timeAdded", Times.seconds(now)).build();
    }
}
