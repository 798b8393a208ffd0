package io.k3j.scheduler;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.Taint;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A node with its bound and assumed pods. Immutable: every change returns a copy.
final class NodeState {
    /// The values of a Node object, read once.
    private record Facts(Obj node, Map<String, String> labels, List<Taint> taints, ResourceAmounts allocatable,
            long podLimit, Map<String, Long> images) {
        static Facts of(Obj node) {
            Struct allocatable = node.status().struct("allocatable");
            Map<String, Long> images = new HashMap<>();
            for (Struct image : node.status().seq("images").structs()) {
                image.seq("names").texts().forEach(n -> images.put(n, image.whole("sizeBytes", 0)));
            }
            return new Facts(node, node.labels(), Taint.of(node.spec().seq("taints")), ResourceAmounts.of(allocatable),
                    Quantity.of(allocatable.get("pods")).value(), images);
        }
    }

    private final Facts facts;
    private final List<PodInfo> pods;
    private final ResourceAmounts requested;
    private final ResourceAmounts nonZero;
    private final List<PodInfo> withAffinity;
    private final List<PodInfo> withAntiAffinity;

    private NodeState(Facts facts, List<PodInfo> pods, ResourceAmounts requested, ResourceAmounts nonZero,
            List<PodInfo> withAffinity, List<PodInfo> withAntiAffinity) {
        this.facts = facts;
        this.pods = pods;
        this.requested = requested;
        this.nonZero = nonZero;
        this.withAffinity = withAffinity;
        this.withAntiAffinity = withAntiAffinity;
    }

    /// A node without pods.
    static NodeState of(Obj node) {
        return new NodeState(Facts.of(node), List.of(), ResourceAmounts.NONE, ResourceAmounts.NONE, List.of(),
                List.of());
    }

    /// A copy with a changed Node object.
    NodeState with(Obj node) {
        return new NodeState(Facts.of(node), pods, requested, nonZero, withAffinity, withAntiAffinity);
    }

    /// A copy with one more pod.
    NodeState with(PodInfo pod) {
        PodAffinity affinity = pod.affinity();
        return new NodeState(facts, plus(pods, pod), requested.plus(pod.requests()), nonZero.plus(pod.nonZero()),
                affinity.aboutPods() ? plus(withAffinity, pod) : withAffinity,
                affinity.against().isEmpty() ? withAntiAffinity : plus(withAntiAffinity, pod));
    }

    private static List<PodInfo> plus(List<PodInfo> pods, PodInfo pod) {
        List<PodInfo> more = new ArrayList<>(pods.size() + 1);
        more.addAll(pods);
        more.add(pod);
        return more;
    }

    private static List<PodInfo> minus(List<PodInfo> pods, PodInfo pod) {
        if (!pods.contains(pod)) {
            return pods;
        }
        List<PodInfo> less = new ArrayList<>(pods);
        less.remove(pod);
        return less;
    }

    /// A copy without a pod, by UID.
    NodeState without(String uid) {
        List<PodInfo> less = new ArrayList<>(pods.size());
        NodeState next = this;
        for (PodInfo pod : pods) {
            if (!pod.uid().equals(uid)) {
                less.add(pod);
                continue;
            }
            next = new NodeState(facts, less, requested.minus(pod.requests()), nonZero.minus(pod.nonZero()),
                    minus(withAffinity, pod), minus(withAntiAffinity, pod));
        }
        return next != this && (requested.full() || nonZero.full()) ? NodeState.summed(next) : next;
    }

    private static NodeState summed(NodeState node) {
        ResourceAmounts requested = ResourceAmounts.NONE;
        ResourceAmounts nonZero = ResourceAmounts.NONE;
        for (PodInfo pod : node.pods) {
            requested = requested.plus(pod.requests());
            nonZero = nonZero.plus(pod.nonZero());
        }
        return new NodeState(node.facts, node.pods, requested, nonZero, node.withAffinity, node.withAntiAffinity);
    }

    String name() {
        return facts.node().name();
    }

    Obj node() {
        return facts.node();
    }

    Map<String, String> labels() {
        return facts.labels();
    }

    List<Taint> taints() {
        return facts.taints();
    }

    boolean unschedulable() {
        return facts.node().spec().flag("unschedulable");
    }

    ResourceAmounts allocatable() {
        return facts.allocatable();
    }

    long podLimit() {
        return facts.podLimit();
    }

    /// Image sizes in bytes, by image name.
    Map<String, Long> images() {
        return facts.images();
    }

    List<PodInfo> pods() {
        return pods;
    }

    ResourceAmounts requested() {
        return requested;
    }

    ResourceAmounts nonZero() {
        return nonZero;
    }

    /// The pods that have affinity or anti-affinity terms.
    List<PodInfo> withAffinity() {
        return withAffinity;
    }

    /// The pods that have required anti-affinity terms.
    List<PodInfo> withAntiAffinity() {
        return withAntiAffinity;
    }
}
