package io.k3j.podallocation;

import io.k3j.componenthelpers.RequiredNodeAffinity;
import io.k3j.componenthelpers.Taint;
import io.k3j.componenthelpers.Toleration;
import io.k3j.kubeleteviction.EvictionManager;
import io.k3j.kuberuntime.PodSpecs;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.podstatus.PodStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Judges whether a pod fits into this node, whoever bound it, as upstream's `predicateAdmitHandler`: what it requests,
/// the node's labels, host ports, taints that end execution. The first that does not fit is told. For any thread. See
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/>.
///
/// For static pods and others that are critical to the node room is made by ending others, once nothing else keeps them
/// from running here; they start beside those that end.
public final class NodeFit {
    private final CurrentNode current;
    private final CriticalPodAdmission critical;
    private final NodeAllocations room;
    private final HostPorts ports = new HostPorts();
    private final UnaryOperator<Struct> devices;

    /// A node on which no pod ends for another.
    public NodeFit(CurrentNode current, NodeAllocations room) {
        this(current, room, () -> CriticalPodAdmission.Node.EMPTY);
    }

    /// A node that gives no devices.
    public NodeFit(CurrentNode current, NodeAllocations room, Supplier<? extends CriticalPodAdmission.Node> pods) {
        this(current, room, pods, UnaryOperator.identity());
    }

    /// @param pods those that may have to end for a critical one
    /// @param devices makes of what the node says that pods may have what they have at least
    public NodeFit(CurrentNode current, NodeAllocations room, Supplier<? extends CriticalPodAdmission.Node> pods,
            UnaryOperator<Struct> devices) {
        this.devices = devices;
        this.critical = new CriticalPodAdmission(pods);
        this.current = current;
        this.room = room;
    }

    /// The reason and message of a refusal; empty when the pod fits, whose requests and host ports are then its own
    /// until [#ended]. Before a refusal the Node is read again: its labels may be newer than what was known. A static
    /// pod does not wait for the API.
    public Optional<PodStatus.Waiting> refusal(Obj pod) {
        if (PodSpecs.isStatic(pod)) {
            return taken(pod, current.known());
        }
        Optional<PodStatus.Waiting> first = taken(pod, current.node());
        return first.isEmpty() ? first : taken(pod, current.now());
    }

    private synchronized Optional<PodStatus.Waiting> taken(Obj pod, Optional<Obj> node) {
        Optional<PodStatus.Waiting> refusal = shortage(pod, node).or(() -> node.flatMap(n -> affinity(pod, n)))
                .or(() -> ports(pod)).or(() -> node.flatMap(n -> taints(pod, n))).or(() -> room(pod, node));
        if (refusal.isEmpty()) {
            ports.keep(pod);
            room.allocate(pod);
        }
        return refusal;
    }

    /// Records the host ports of a pod that already runs.
    public void adopted(Obj pod) {
        ports.keep(pod);
    }

    /// Releases the host ports of a pod.
    public void ended(String uid) {
        ports.free(uid);
    }

    private Optional<PodStatus.Waiting> shortage(Obj pod, Optional<Obj> node) {
        return EvictionManager.critical(pod) ? Optional.empty() : room.shortage(pod, allocatable(node));
    }

    /// Makes room for a pod that was not asked for amounts.
    private Optional<PodStatus.Waiting> room(Obj pod, Optional<Obj> node) {
        return EvictionManager.critical(pod) ? critical.admit(pod, room.missing(pod, allocatable(node)))
                : Optional.empty();
    }

    private Struct allocatable(Optional<Obj> node) {
        return devices.apply(node.map(n -> n.status().struct("allocatable")).orElse(Struct.EMPTY));
    }

    private static Optional<PodStatus.Waiting> affinity(Obj pod, Obj node) {
        return RequiredNodeAffinity.of(pod.spec()).matches(node.name(), node.labels()) ? Optional.empty()
                : failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
    }

    private Optional<PodStatus.Waiting> ports(Obj pod) {
        return ports.available(pod) ? Optional.empty()
                : failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");
    }

    /// Of taints only those count that end pods which run already.
    private static Optional<PodStatus.Waiting> taints(Obj pod, Obj node) {
        List<Toleration> tolerations = Toleration.of(pod.spec().seq("tolerations"));
        boolean ends = !PodSpecs.isStatic(pod) && Taint.of(node.spec().seq("taints")).stream()
                .anyMatch(t -> t.effect().equals("NoExecute") && !Toleration.tolerated(tolerations, t));
        return ends ? failed("TaintToleration", "node(s) had taints that the pod didn't tolerate") : Optional.empty();
    }

    private static Optional<PodStatus.Waiting> failed(String predicate, String why) {
        return Optional.of(new PodStatus.Waiting(predicate, "Predicate " + predicate + " failed: " + why));
    }
}
