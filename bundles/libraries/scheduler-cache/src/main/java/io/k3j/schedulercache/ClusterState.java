package io.k3j.schedulercache;

import io.k3j.deviceallocation.ClaimedDevices;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Nodes and their pods, including pods that are not bound visibly yet: assumed ones, whose binding is under way, and
/// reserved ones, whose volumes are being made for the node. For any thread.
public final class ClusterState {
    private enum Kind {
        BOUND, ASSUMED, RESERVED
    }

    private record Place(PodInfo pod, String node, Kind kind) {
    }

    /// How many there are; pods are those that have a place, assumed ones among them.
    public record Sizes(int nodes, int pods, long assumed) {
    }

    private final Map<String, NodeState> nodes = new LinkedHashMap<>();
    private final Map<String, Place> places = new HashMap<>();
    private final Map<String, Place> nominated = new HashMap<>();
    /// The pods, by UID, of nodes that are not known, or not any more, so that a node that comes does not look through
    /// all pods.
    private final Map<String, Map<String, PodInfo>> strays = new HashMap<>();
    private final Function<String, Map<String, String>> namespaceLabels;
    private final ClaimedVolumes volumes;
    private final ClaimedDevices devices;
    private final Function<PodInfo, Selector> siblings;
    private final Function<PodInfo, Set<String>> served;
    private boolean mixed;
    private @Nullable Snapshot snapshot;

    /// One in which pods are spread by their own constraints only.
    public ClusterState(Function<String, Map<String, String>> namespaceLabels, ClaimedVolumes volumes) {
        this(namespaceLabels, volumes, _ -> Selector.EVERYTHING);
    }

    /// One that knows more of pods than they say.
    ///
    /// @param siblings as [Snapshot]
    public ClusterState(Function<String, Map<String, String>> namespaceLabels, ClaimedVolumes volumes,
            Function<PodInfo, Selector> siblings) {
        this(namespaceLabels, volumes, ClaimedDevices.NONE, siblings, _ -> Set.of());
    }

    /// One that knows what drivers of devices offer, and what Services have of nodes, too.
    ///
    /// @param siblings as [Snapshot]
    /// @param served the addresses of nodes at which Services have a host port of a pod
    public ClusterState(Function<String, Map<String, String>> namespaceLabels, ClaimedVolumes volumes,
            ClaimedDevices devices, Function<PodInfo, Selector> siblings, Function<PodInfo, Set<String>> served) {
        this.namespaceLabels = namespaceLabels;
        this.volumes = volumes;
        this.devices = devices;
        this.siblings = siblings;
        this.served = served;
    }

    /// An immutable snapshot.
    public synchronized Snapshot snapshot() {
        Snapshot now = snapshot;
        if (now == null) {
            if (!mixed) {
                mixZones();
            }
            Map<String, List<PodInfo>> promised = new HashMap<>();
            nominated.values().forEach(p -> promised.computeIfAbsent(p.node(), n -> new ArrayList<>()).add(p.pod()));
            now = Snapshot.of(new ArrayList<>(nodes.values()), promised,
                    new Snapshot.Lookups(namespaceLabels, volumes, devices, siblings, served));
            snapshot = now;
        }
        return now;
    }

    /// Nodes in turn of each zone, so that those that are tried first are of all zones.
    private void mixZones() {
        Map<String, Deque<NodeState>> zones = new LinkedHashMap<>();
        nodes.values().forEach(n -> zones.computeIfAbsent(zone(n), z -> new ArrayDeque<>()).add(n));
        nodes.clear();
        while (!zones.isEmpty()) {
            zones.values().removeIf(zone -> {
                NodeState next = zone.remove();
                nodes.put(next.name(), next);
                return zone.isEmpty();
            });
        }
        mixed = true;
    }

    private static String zone(NodeState node) {
        return node.labels().getOrDefault("topology.kubernetes.io/region", "") + '/'
                + node.labels().getOrDefault("topology.kubernetes.io/zone", "");
    }

    /// Adds or updates a node.
    public synchronized void put(Obj node) {
        NodeState known = nodes.get(node.name());
        if (known != null) {
            NodeState next = known.with(node);
            nodes.put(node.name(), next);
            mixed &= zone(next).equals(zone(known));
        } else {
            NodeState state = NodeState.of(node);
            for (PodInfo pod : strays.getOrDefault(node.name(), Map.of()).values()) {
                state = state.with(pod);
            }
            strays.remove(node.name());
            nodes.put(node.name(), state);
            mixed = false;
        }
        snapshot = null;
    }

    /// Removes a node.
    public synchronized void removeNode(String name) {
        @Nullable
        NodeState gone = nodes.remove(name);
        if (gone != null) {
            gone.pods().forEach(pod -> stray(name, pod));
        }
        mixed = false;
        snapshot = null;
    }

    /// Adds a bound pod.
    /// @return whether a nomination of it to another node ends
    public synchronized boolean put(PodInfo pod) {
        return place(new Place(pod, pod.node(), Kind.BOUND));
    }

    /// Assumes a pod on a node while its binding is in flight.
    /// @return whether a nomination of it to another node ends
    public synchronized boolean assume(PodInfo pod, String node) {
        return place(new Place(pod, node, Kind.ASSUMED));
    }

    /// Keeps the place of a pod on a node while its volumes are being made.
    /// @return whether a nomination of it to another node ends
    public synchronized boolean reserve(PodInfo pod, String node) {
        return place(new Place(pod, node, Kind.RESERVED));
    }

    private boolean place(Place place) {
        remove(place.pod().uid());
        places.put(place.pod().uid(), place);
        @Nullable
        Place promised = nominated.remove(place.pod().uid());
        @Nullable
        NodeState there = nodes.computeIfPresent(place.node(), (n, s) -> s.with(place.pod()));
        if (there == null) {
            stray(place.node(), place.pod());
        }
        snapshot = null;
        return promised != null && !promised.node().equals(place.node());
    }

    /// Removes a finished or deleted pod.
    /// @return whether it had a place
    public synchronized boolean remove(String uid) {
        @Nullable
        Place old = places.remove(uid);
        if (old == null) {
            return false;
        }
        nodes.computeIfPresent(old.node(), (n, s) -> s.without(uid));
        removeStray(old);
        snapshot = null;
        return true;
    }

    private void stray(String node, PodInfo pod) {
        strays.computeIfAbsent(node, n -> new LinkedHashMap<>()).put(pod.uid(), pod);
    }

    private void removeStray(Place old) {
        @Nullable
        Map<String, PodInfo> pods = strays.get(old.node());
        if (pods != null) {
            pods.remove(old.pod().uid());
            if (pods.isEmpty()) {
                strays.remove(old.node());
            }
        }
    }

    /// Removes a pod that is not bound and whose writes have failed.
    public synchronized void forget(String uid) {
        @Nullable
        Place old = places.get(uid);
        if (old != null && old.kind() != Kind.BOUND) {
            remove(uid);
        }
    }

    /// Makes a reserved place a nomination, for the next attempt of the pod itself.
    /// @return whether it had one
    public synchronized boolean release(String uid) {
        @Nullable
        Place old = places.get(uid);
        if (old == null || old.kind() != Kind.RESERVED) {
            return false;
        }
        remove(uid);
        nominated.put(uid, old);
        return true;
    }

    /// Removes the nomination and the reserved place of a pod that is to be scheduled no more.
    /// @return whether it had one
    public synchronized boolean abandon(String uid) {
        release(uid);
        return withdraw(uid);
    }

    /// Whether a pod is bound or assumed.
    public synchronized boolean placed(String uid) {
        @Nullable
        Place place = places.get(uid);
        return place != null && place.kind() != Kind.RESERVED;
    }

    /// Nominates a node for a pod, on which victims are being preempted; without effect when it has a place.
    /// @return whether a nomination of it to another node ends
    public synchronized boolean nominate(PodInfo pod, String node) {
        if (places.containsKey(pod.uid())) {
            return false;
        }
        @Nullable
        Place old = nominated.put(pod.uid(), new Place(pod, node, Kind.RESERVED));
        snapshot = null;
        return old != null && !old.node().equals(node);
    }

    /// Removes the nomination of a pod.
    /// @return whether it had one
    public synchronized boolean withdraw(String uid) {
        boolean had = nominated.remove(uid) != null;
        if (had) {
            snapshot = null;
        }
        return had;
    }

    /// Removes the nomination of a pod to this node.
    /// @return whether it had one
    public synchronized boolean withdraw(String uid, String node) {
        @Nullable
        Place old = nominated.get(uid);
        return old != null && old.node().equals(node) && withdraw(uid);
    }

    /// How much is known.
    public synchronized Sizes sizes() {
        return new Sizes(nodes.size(), places.size(),
                places.values().stream().filter(p -> p.kind() == Kind.ASSUMED).count());
    }
}
