package io.k3j.nodestatus;

import java.util.Map;
import java.util.TreeMap;

/// The labels that K3s' own cloud controller derives: its cloud says of a node what the node's labels say, and each of
/// those has an older name (<https://github.com/k3s-io/k3s/pull/9721>). Pure.
final class CloudLabels {
    /// Older names, by what they are called since.
    private static final Map<String, String> OLD = Map.of("node.kubernetes.io/instance-type",
            "beta.kubernetes.io/instance-type", "topology.kubernetes.io/zone",
            "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/region");

    private CloudLabels() {
    }

    /// All labels of a node, by name.
    ///
    /// @param own those it has by itself
    /// @param given those of the flag, which count more
    /// @param cloud whether K3s' own cloud has it
    static Map<String, String> joined(Map<String, String> own, Map<String, String> given, boolean cloud) {
        Map<String, String> all = new TreeMap<>(own);
        all.putAll(given);
        if (cloud) {
            OLD.forEach((name, old) -> {
                String value = all.getOrDefault(name, "");
                if (!value.isEmpty() && !given.containsKey(old)) {
                    all.put(old, value);
                }
            });
        }
        return all;
    }
}
