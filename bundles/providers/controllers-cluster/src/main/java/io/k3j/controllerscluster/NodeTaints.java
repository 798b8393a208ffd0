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

/// Computes the taints that a node's conditions require:
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

    /// The desired taints of a node; the same list when nothing changes.
    /// @param evict whether a node without a `NoExecute` taint may get one
    static Seq wanted(Obj node, boolean evict, Instant now) {
        Map<String, Boolean> required = required(node, evict);
        List<Struct> taints = new ArrayList<>();
        for (Struct taint : node.spec().seq("taints").structs()) {
            if (required.getOrDefault(id(taint), true)) {
                taints.add(taint);
                required.remove(id(taint));
            }
        }
        required.forEach((id, holds) -> {
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

    /// Whether a node that is not ready has no `NoExecute` taint yet.
    static boolean needsEvictionTaint(Obj node) {
        String ready = Conditions.status(node.status().seq("conditions"), "Ready");
        return (ready.equals("False") || ready.equals("Unknown")) && evictionTaint(node).isEmpty();
    }

    /// The taints of a node without the `NoExecute` taints for not-ready and unreachable.
    static Seq withoutEvictionTaints(Obj node) {
        return Seq.copyOf(node.spec().seq("taints").structs().stream().filter(t -> !isEvictionTaint(t)).toList());
    }

    private static Optional<Struct> evictionTaint(Obj node) {
        return node.spec().seq("taints").structs().stream().filter(NodeTaints::isEvictionTaint).findFirst();
    }

    private static boolean isEvictionTaint(Struct taint) {
        return taint.text("effect").equals("NoExecute")
                && (taint.text("key").equals(NOT_READY) || taint.text("key").equals(UNREACHABLE));
    }

    private static Map<String, Boolean> required(Obj node, boolean evict) {
        Seq conditions = node.status().seq("conditions");
        String ready = Conditions.status(conditions, "Ready");
        boolean unknown = ready.equals("Unknown");
        boolean down = ready.equals("False");
        Map<String, Boolean> required = new LinkedHashMap<>();
        required.put(NOT_READY + ":NoSchedule", down || ready.isEmpty());
        required.put(UNREACHABLE + ":NoSchedule", unknown);
        boolean evicted = evictionTaint(node).isPresent();
        required.put(NOT_READY + ":NoExecute", down && (evict || evicted));
        required.put(UNREACHABLE + ":NoExecute", unknown && (evict || evicted));
        BY_CONDITION.forEach((type, key) -> required.put(key + ":NoSchedule", Conditions.isTrue(conditions, type)));
        required.put(CORDONED + ":NoSchedule", node.spec().flag("unschedulable"));
        return required;
    }

    private static Struct taint(String id, Instant now) {
        int colon = id.indexOf(':');
        Struct.Builder b = Struct.builder().put("key", id.substring(0, colon)).put("effect", id.substring(colon + 1));
        return b.put("timeAdded", Times.seconds(now)).build();
    }
}
