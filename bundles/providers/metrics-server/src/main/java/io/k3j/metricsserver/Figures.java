package io.k3j.metricsserver;

import io.k3j.model.Key;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The last two looks at everything, by node and by pod. Any thread reads; one thread at a time writes of one node.
///
/// A node says only what it uses itself and what its own pods use: what it says of others' pods is left out, for a node
/// is not trusted. So there are never more pods in here than in the API.
final class Figures {
    private final Map<String, NodeFigures> nodes = new ConcurrentHashMap<>();
    private final Map<Key, PodFigures> pods = new ConcurrentHashMap<>();
    private final BiFunction<Key, String, String> uids;
    private final long roundMillis;

    /// @param usage null when the node said nothing of itself
    /// @param keys its pods
    /// @param fresh whether it answered the last time; what it said is not shown else
    private record NodeFigures(@Nullable Usage usage, Set<Key> keys, boolean fresh) {
    }

    private record PodFigures(String node, String uid, Map<String, Usage> containers) {
    }

    /// @param uids the uid of a pod on a node, empty when it is not there; asked for pods that are new there
    /// @param roundMillis how often one looks
    Figures(BiFunction<Key, String, String> uids, long roundMillis) {
        this.uids = uids;
        this.roundMillis = roundMillis;
    }

    /// Takes in what a node said.
    void store(String node, NodeSample sample) {
        NodeFigures before = nodes.get(node);
        Set<Key> keys = new HashSet<>();
        sample.pods().forEach((key, containers) -> {
            PodFigures known = pods.get(key);
            PodFigures own = known != null && known.node.equals(node) ? known : null;
            String uid = own == null ? uids.apply(key, node) : own.uid;
            if (!uid.isEmpty()) {
                pods.put(key, new PodFigures(node, uid, next(own, containers)));
                keys.add(key);
            }
        });
        if (before != null) {
            before.keys.stream().filter(k -> !keys.contains(k)).forEach(k -> forget(k, node));
        }
        Point now = sample.node();
        nodes.put(node, new NodeFigures(
                now == null ? null : Usage.after(before == null ? null : before.usage, now, roundMillis), keys, true));
    }

    private Map<String, Usage> next(@Nullable PodFigures before, Map<String, Point> containers) {
        Map<String, Usage> next = new HashMap<>();
        containers.forEach((name, point) -> next.put(name,
                Usage.after(before == null ? null : before.containers.get(name), point, roundMillis)));
        return Map.copyOf(next);
    }

    private void forget(Key key, String node) {
        pods.computeIfPresent(key, (k, p) -> p.node.equals(node) ? null : p);
    }

    /// A node did not answer: what it said before is kept for the next difference, and not shown.
    void silent(String node) {
        nodes.computeIfPresent(node, (n, f) -> new NodeFigures(f.usage, f.keys, false));
    }

    /// Forgets the nodes that are no more.
    void keep(Set<String> present) {
        for (String gone : nodes.keySet().stream().filter(n -> !present.contains(n)).collect(Collectors.toSet())) {
            NodeFigures f = nodes.remove(gone);
            if (f != null) {
                f.keys.forEach(k -> forget(k, gone));
            }
        }
    }

    /// What a node uses; empty while there is no difference to tell.
    Optional<Usage.Amount> node(String name) {
        return Optional.ofNullable(nodes.get(name)).filter(NodeFigures::fresh)
                .flatMap(f -> f.usage == null ? Optional.empty() : f.usage.amount());
    }

    /// What the containers of a pod use, by name; empty unless all of them have been seen twice. One whose counter went
    /// back is left out.
    /// @param uid of the pod that is meant: another one may have had its name before, on another node
    Map<String, Usage.Amount> pod(Key key, String uid) {
        PodFigures pod = pods.get(key);
        NodeFigures node = pod == null ? null : nodes.get(pod.node);
        if (pod == null || node == null || !node.fresh || !pod.uid.equals(uid)
                || pod.containers.values().stream().anyMatch(u -> u.previous() == null)) {
            return Map.of();
        }
        Map<String, Usage.Amount> all = new HashMap<>();
        pod.containers.forEach((name, usage) -> usage.amount().ifPresent(a -> all.put(name, a)));
        return all;
    }

    /// Whether any node can be told of.
    boolean ready() {
        return nodes.keySet().stream().anyMatch(n -> node(n).isPresent());
    }

    /// How many nodes can be told of.
    long nodePoints() {
        return nodes.keySet().stream().filter(n -> node(n).isPresent()).count();
    }

    /// How many containers are known.
    long containerPoints() {
        return pods.values().stream().mapToLong(p -> p.containers.size()).sum();
    }
}
