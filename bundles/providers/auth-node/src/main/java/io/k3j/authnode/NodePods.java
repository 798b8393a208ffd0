package io.k3j.authnode;

import io.k3j.componenthelpers.PodReferences;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The objects that the pods of each node refer to. Updated by one thread, read by any.
final class NodePods {
    private final Map<String, Map<Key, Set<String>>> nodes = new ConcurrentHashMap<>();

    /// A pod was added, changed or deleted.
    void changed(@Nullable Obj before, @Nullable Obj after) {
        String old = before == null ? "" : before.spec().text("nodeName");
        String now = after == null ? "" : after.spec().text("nodeName");
        if (after != null && !now.isEmpty()) {
            nodes.computeIfAbsent(now, n -> new ConcurrentHashMap<>()).put(after.key(), PodReferences.of(after));
        }
        if (before != null && !old.isEmpty() && !old.equals(now)) {
            nodes.computeIfPresent(old, (n, pods) -> {
                pods.remove(before.key());
                return pods.isEmpty() ? null : pods;
            });
        }
    }

    /// Whether the pod is bound to the node.
    boolean isBound(String node, Key pod) {
        return nodes.getOrDefault(node, Map.of()).containsKey(pod);
    }

    /// Whether a pod of the node refers to an object in the pod's namespace.
    boolean refersTo(String node, String resource, String namespace, String name) {
        String wanted = resource + "/" + name;
        for (Map.Entry<Key, Set<String>> pod : nodes.getOrDefault(node, Map.of()).entrySet()) {
            if (pod.getKey().namespace().equals(namespace) && pod.getValue().contains(wanted)) {
                return true;
            }
        }
        return false;
    }

    /// Whether a pod of the node uses a claim that satisfies the predicate.
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
