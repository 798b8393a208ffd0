package io.k3j.scheduler;

import io.k3j.schedulercache.NodeState;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Numbers of matches by topology key and value, and as a layer upon others what differs from them. One thread fills
/// it; afterwards any may read.
final class TopologyCounts {
    private final @Nullable TopologyCounts base;
    private final Map<String, Map<String, Integer>> counts = new HashMap<>();
    private long total;

    TopologyCounts() {
        this.base = null;
    }

    private TopologyCounts(TopologyCounts base) {
        this.base = base;
        this.total = base.total;
    }

    /// A layer upon this, without a difference yet.
    TopologyCounts changed() {
        return new TopologyCounts(this);
    }

    /// Counts matches on a node; without effect when it has no such label.
    void add(NodeState node, String key, int number) {
        String value = node.labels().get(key);
        if (value != null) {
            counts.computeIfAbsent(key, k -> new HashMap<>()).merge(value, number, Integer::sum);
            total += number;
        }
    }

    /// Whether there is no match anywhere.
    boolean isEmpty() {
        return total == 0;
    }

    /// Whether there is a match in a domain.
    boolean has(String key, String value) {
        return count(key, value) > 0;
    }

    /// Whether a node is in a domain, of any key, that has a match.
    boolean hasAny(NodeState node) {
        return hasAny(node, this);
    }

    private boolean hasAny(NodeState node, TopologyCounts top) {
        for (String key : counts.keySet()) {
            String value = node.labels().get(key);
            if (value != null && top.has(key, value)) {
                return true;
            }
        }
        return base != null && base.hasAny(node, top);
    }

    private int count(String key, String value) {
        Map<String, Integer> values = counts.getOrDefault(key, Map.of());
        return values.getOrDefault(value, 0) + (base == null ? 0 : base.count(key, value));
    }
}
