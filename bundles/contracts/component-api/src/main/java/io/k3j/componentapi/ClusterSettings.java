package io.k3j.componentapi;

import java.util.Map;
import java.util.Set;

/// What the cluster decides for a node that is not a server: values of the flags that only servers have, and the order
/// of the node's own addresses.
///
/// **Who.** `agent` registers it as a service once it has joined; `features` waits for it before it gives
/// settings to whatever names one of these flags, and lays the values over those of the command line.
///
/// @param values flag name in camel case to `String`, `Boolean` or `String[]`
/// @param disabled words that are not wanted in this cluster
public record ClusterSettings(Map<String, Object> values, Set<String> disabled) {
    /// Copies the collections.
    public ClusterSettings {
        values = Map.copyOf(values);
        disabled = Set.copyOf(disabled);
    }
}
