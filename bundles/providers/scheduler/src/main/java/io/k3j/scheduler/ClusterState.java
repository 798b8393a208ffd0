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

/// Nodes and their pods, including assumed pods: pods that were just assigned to a node and whose binding is not
/// visible yet. For any thread.
final class ClusterState {
    private record Place(PodInfo pod, String node, boolean assumed) {
    }

    private final Map<String, NodeState> nodes = new LinkedHashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, Place> nominated = new HashMap<>();
    private final Function<String, Map<String, String>> namespaceLabels;
    private final ClaimedVolumes volumes;
    private @Nullable Snapshot snapshot;

    ClusterState(Function<String, Map<String, String>> namespaceLabels, ClaimedVolumes volumes) {
        this.namespaceLabels = namespaceLabels;
        this.volumes = volumes;
    }

    /// An immutable snapshot.
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

    /// Adds or updates a node.
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

    /// Removes a node.
    synchronized void removeNode(String name) {
        nodes.remove(name);
        snapshot = null;
    }

    /// Adds a bound pod.
    synchronized void put(PodInfo pod) {
        place(new Place(pod, pod.node(), false));
        nominated.remove(pod.uid());
    }

    /// Assumes a pod on a node while its binding is in flight.
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

    /// Removes a finished or deleted pod.
    synchronized void remove(String uid) {
        @Nullable
        Place old = places.remove(uid);
        if (old != null) {
            nodes.computeIfPresent(old.node(), (n, s) -> s.without(uid));
            snapshot = null;
        }
    }

    /// Removes an assumed pod whose binding has failed.
    synchronized void forget(String uid) {
        @Nullable
        Place old = places.get(uid);
        if (old != null && old.assumed()) {
            remove(uid);
        }
    }

    /// Whether a pod is bound or assumed.
    synchronized boolean placed(String uid) {
        return places.containsKey(uid);
    }

    /// Nominates a node for a pod, on which victims are being preempted or its volumes are being made.
    synchronized void nominate(PodInfo pod, String node) {
        nominated.put(pod.uid(), new Place(pod, node, true));
        snapshot = null;
    }

    /// Removes the nomination of a pod.
    synchronized void withdraw(String uid) {
        if (nominated.remove(uid) != null) {
            snapshot = null;
        }
    }

    /// All nodes.
    synchronized Collection<NodeState> nodes() {
        return List.copyOf(nodes.values());
    }
}
