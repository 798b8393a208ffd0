package io.k3j.scheduler;

import io.k3j.model.Obj;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Nodes and the pods on them, together with the pods that were just given a node and do not show it yet
/// (upstream: assumed pods). Any thread.
final class ClusterState {
    private record Place(PodInfo pod, String node, boolean assumed) {
    }

    private final Map<String, NodeState> nodes = new LinkedHashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, Place> nominated = new HashMap<>();
    private final Function<String, Map<String, String>> namespaceLabels;
    private final Volumes volumes;
    private @Nullable Snapshot snapshot;

    ClusterState(Function<String, Map<String, String>> namespaceLabels, Volumes volumes) {
        this.namespaceLabels = namespaceLabels;
        this.volumes = volumes;
    }

    /// Everything at this moment.
    synchronized Snapshot snapshot() {
        Snapshot now = snapshot;
        if (now == null) {
            Map<String, List<PodInfo>> promised = new HashMap<>();
            nominated.values().forEach(p -> promised.computeIfAbsent(p.node(), n -> new ArrayList<>()).add(p.pod()));
            now = Snapshot.of(new ArrayList<>(nodes.values()), promised, namespaceLabels, volumes);
            snapshot = now;
        }
        return now;
    }

    /// A node came or changed.
    synchronized void put(Obj node) {
        NodeState known = nodes.get(node.name());
        if (known != null) {
            nodes.put(node.name(), known.with(node));
        } else {
            NodeState state = NodeState.of(node);
            for (Place place : places.values()) {
                state = place.node().equals(node.name()) ? state.with(place.pod()) : state;
            }
            nodes.put(node.name(), state);
        }
        snapshot = null;
    }

    /// A node went.
    synchronized void removeNode(String name) {
        nodes.remove(name);
        snapshot = null;
    }

    /// A pod shows its node.
    synchronized void put(PodInfo pod) {
        place(new Place(pod, pod.node(), false));
        nominated.remove(pod.uid());
    }

    /// A pod was given a node and is being bound.
    synchronized void assume(PodInfo pod, String node) {
        place(new Place(pod, node, true));
        nominated.remove(pod.uid());
    }

    private void place(Place place) {
        remove(place.pod().uid());
        places.put(place.pod().uid(), place);
        nodes.computeIfPresent(place.node(), (n, s) -> s.with(place.pod()));
        snapshot = null;
    }

    /// A pod has ended or gone.
    synchronized void remove(String uid) {
        @Nullable
        Place old = places.remove(uid);
        if (old != null) {
            nodes.computeIfPresent(old.node(), (n, s) -> s.without(uid));
            snapshot = null;
        }
    }

    /// A binding failed: the pod is not on its way any more.
    synchronized void forget(String uid) {
        @Nullable
        Place old = places.get(uid);
        if (old != null && old.assumed()) {
            remove(uid);
        }
    }

    /// Whether a pod has or is being given a node.
    synchronized boolean placed(String uid) {
        return places.containsKey(uid);
    }

    /// Room on a node is being made for a pod.
    synchronized void nominate(PodInfo pod, String node) {
        nominated.put(pod.uid(), new Place(pod, node, true));
        snapshot = null;
    }

    /// A pod no longer waits for room.
    synchronized void withdraw(String uid) {
        if (nominated.remove(uid) != null) {
            snapshot = null;
        }
    }

    /// All nodes there are.
    synchronized Collection<NodeState> nodes() {
        return List.copyOf(nodes.values());
    }
}
