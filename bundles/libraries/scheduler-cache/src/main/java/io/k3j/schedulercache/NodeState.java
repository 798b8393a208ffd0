package io.k3j.schedulercache;

import io.k3j.apimachinery.Quantity;
import io.k3j.componenthelpers.Taint;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A node with its bound and assumed pods. Immutable: every change returns a copy, which shares its pods ([PodSet]).
public final class NodeState {
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

    /// The pods of a node, and which of them have terms about others.
    private record Pods(PodSet all, PodSet withAffinity, PodSet withAntiAffinity) {
        static final Pods NONE = new Pods(PodSet.NONE, PodSet.NONE, PodSet.NONE);

        Pods plus(PodInfo pod) {
            PodAffinity affinity = pod.affinity();
            return new Pods(all.plus(pod), affinity.aboutPods() ? withAffinity.plus(pod) : withAffinity,
                    affinity.against().isEmpty() ? withAntiAffinity : withAntiAffinity.plus(pod));
        }

        Pods minus(PodInfo pod) {
            return new Pods(all.minus(pod), withAffinity.minus(pod), withAntiAffinity.minus(pod));
        }
    }

    private final Facts facts;
    private final Pods pods;
    private final ResourceAmounts requested;
    private final ResourceAmounts nonZero;

    private NodeState(Facts facts, Pods pods, ResourceAmounts requested, ResourceAmounts nonZero) {
        this.facts = facts;
        this.pods = pods;
        this.requested = requested;
        this.nonZero = nonZero;
    }

    /// A node without pods.
    public static NodeState of(Obj node) {
        return new NodeState(Facts.of(node), Pods.NONE, ResourceAmounts.NONE, ResourceAmounts.NONE);
    }

    /// A copy with a changed Node object.
    NodeState with(Obj node) {
        return new NodeState(Facts.of(node), pods, requested, nonZero);
    }

    /// A copy with one more pod.
    public NodeState with(PodInfo pod) {
        return new NodeState(facts, pods.plus(pod), requested.plus(pod.requests()), nonZero.plus(pod.nonZero()));
    }

    /// A copy without a pod, by UID.
    public NodeState without(String uid) {
        PodInfo pod = pods.all().find(uid);
        if (pod == null) {
            return this;
        }
        NodeState next = new NodeState(facts, pods.minus(pod), requested.minus(pod.requests()),
                nonZero.minus(pod.nonZero()));
        return requested.full() || nonZero.full() ? summed(next) : next;
    }

    private static NodeState summed(NodeState node) {
        ResourceAmounts requested = ResourceAmounts.NONE;
        ResourceAmounts nonZero = ResourceAmounts.NONE;
        for (PodInfo pod : node.pods()) {
            requested = requested.plus(pod.requests());
            nonZero = nonZero.plus(pod.nonZero());
        }
        return new NodeState(node.facts, node.pods, requested, nonZero);
    }

    /// Its name.
    public String name() {
        return facts.node().name();
    }

    /// The object as it was last seen.
    public Obj node() {
        return facts.node();
    }

    /// Its labels.
    public Map<String, String> labels() {
        return facts.labels();
    }

    /// Its taints.
    public List<Taint> taints() {
        return facts.taints();
    }

    /// Whether it is cordoned.
    public boolean unschedulable() {
        return facts.node().spec().flag("unschedulable");
    }

    /// Whether the node says that it can do all this.
    public boolean declares(Set<String> features) {
        return facts.node().status().seq("declaredFeatures").texts().containsAll(features);
    }

    /// What pods may have of it.
    public ResourceAmounts allocatable() {
        return facts.allocatable();
    }

    /// How many pods it may have.
    public long podLimit() {
        return facts.podLimit();
    }

    /// Image sizes in bytes, by image name.
    public Map<String, Long> images() {
        return facts.images();
    }

    /// Its pods, bound and assumed ones.
    public Collection<PodInfo> pods() {
        return pods.all();
    }

    /// The sum of what its pods request.
    public ResourceAmounts requested() {
        return requested;
    }

    /// The same for scoring: a container without requests counts as a small one.
    public ResourceAmounts nonZero() {
        return nonZero;
    }

    /// The pods that have affinity or anti-affinity terms.
    public Collection<PodInfo> withAffinity() {
        return pods.withAffinity();
    }

    /// The pods that have required anti-affinity terms.
    public Collection<PodInfo> withAntiAffinity() {
        return pods.withAntiAffinity();
    }
}
