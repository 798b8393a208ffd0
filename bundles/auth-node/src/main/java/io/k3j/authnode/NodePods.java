package io.k3j.authnode;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// For each node what its pods refer to. Fed by one thread, asked by any.
final class NodePods {
    private final Map<String, Map<Key, Set<String>>> nodes = new ConcurrentHashMap<>();

    /// A pod came, changed or went.
    void changed(@Nullable Obj before, @Nullable Obj after) {
        String old = before == null ? "" : before.spec().text("nodeName");
        String now = after == null ? "" : after.spec().text("nodeName");
        if (after != null && !now.isEmpty()) {
            nodes.computeIfAbsent(now, n -> new ConcurrentHashMap<>()).put(after.key(), References.of(after));
        }
        if (before != null && !old.isEmpty() && !old.equals(now)) {
            nodes.computeIfPresent(old, (n, pods) -> {
                pods.remove(before.key());
                return pods.isEmpty() ? null : pods;
            });
        }
    }

    /// Whether a pod is bound to the node.
    boolean runs(String node, Key pod) {
        return nodes.getOrDefault(node, Map.of()).containsKey(pod);
    }

    /// Whether a pod of the node refers to an object of its namespace.
    boolean refers(String node, String resource, String namespace, String name) {
        String wanted = resource + "/" + name;
        for (Map.Entry<Key, Set<String>> pod : nodes.getOrDefault(node, Map.of()).entrySet()) {
            if (pod.getKey().namespace().equals(namespace) && pod.getValue().contains(wanted)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a pod of the node has a claim, of all that `claims` finds by namespace and name.
    boolean claims(String node, Predicate<Key> claim) {
        String prefix = "persistentvolumeclaims/";
        for (Map.Entry<Key, Set<String>> pod : nodes.getOrDefault(node, Map.of()).entrySet()) {
            for (String r : pod.getValue()) {
                if (r.startsWith(prefix) && claim.test(new Key(pod.getKey().namespace(),
                        r.substring(prefix.length())))) {
                    return true;
                }
            }
        }
        return false;
    }
}
