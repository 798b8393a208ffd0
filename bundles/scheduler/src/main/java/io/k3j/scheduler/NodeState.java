package io.k3j.scheduler;

import io.k3j.model.Obj;
import io.k3j.model.Quantity;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A node and the pods on it or on their way to it. Immutable: every change gives another.
final class NodeState {
    /// What a node says about itself, read once from its tree.
    private record Facts(Obj node, Map<String, String> labels, List<Toleration.Taint> taints, Amounts allocatable,
            long podLimit, Map<String, Long> images) {
        static Facts of(Obj node) {
            Struct allocatable = node.status().struct("allocatable");
            Map<String, Long> images = new HashMap<>();
            for (Struct image : node.status().seq("images").structs()) {
                image.seq("names").texts().forEach(n -> images.put(n, image.whole("sizeBytes", 0)));
            }
            return new Facts(node, node.labels(), Toleration.Taint.of(node.spec()), Amounts.of(allocatable),
                    Quantity.of(allocatable.get("pods")).value(), images);
        }
    }

    private final Facts facts;
    private final List<PodInfo> pods;
    private final Amounts requested;
    private final Amounts nonZero;
    private final int withAffinity;

    private NodeState(Facts facts, List<PodInfo> pods, Amounts requested, Amounts nonZero, int withAffinity) {
        this.facts = facts;
        this.pods = pods;
        this.requested = requested;
        this.nonZero = nonZero;
        this.withAffinity = withAffinity;
    }

    /// A node without pods.
    static NodeState of(Obj node) {
        return new NodeState(Facts.of(node), List.of(), Amounts.NONE, Amounts.NONE, 0);
    }

    /// The same pods on a changed node.
    NodeState with(Obj node) {
        return new NodeState(Facts.of(node), pods, requested, nonZero, withAffinity);
    }

    /// The same with one more pod.
    NodeState with(PodInfo pod) {
        List<PodInfo> more = new ArrayList<>(pods.size() + 1);
        more.addAll(pods);
        more.add(pod);
        return new NodeState(facts, more, requested.plus(pod.requests()), nonZero.plus(pod.nonZero()),
                withAffinity + (pod.affinity().aboutPods() ? 1 : 0));
    }

    /// The same without a pod, by uid.
    NodeState without(String uid) {
        List<PodInfo> less = new ArrayList<>(pods.size());
        NodeState next = this;
        for (PodInfo pod : pods) {
            if (!pod.uid().equals(uid)) {
                less.add(pod);
                continue;
            }
            next = new NodeState(facts, less, requested.minus(pod.requests()), nonZero.minus(pod.nonZero()),
                    withAffinity - (pod.affinity().aboutPods() ? 1 : 0));
        }
        return next;
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

    List<Toleration.Taint> taints() {
        return facts.taints();
    }

    boolean unschedulable() {
        return facts.node().spec().flag("unschedulable");
    }

    Amounts allocatable() {
        return facts.allocatable();
    }

    long podLimit() {
        return facts.podLimit();
    }

    /// Image names to bytes.
    Map<String, Long> images() {
        return facts.images();
    }

    List<PodInfo> pods() {
        return pods;
    }

    Amounts requested() {
        return requested;
    }

    Amounts nonZero() {
        return nonZero;
    }

    /// Whether a pod on it says anything about other pods.
    boolean hasAffinity() {
        return withAffinity > 0;
    }
}
