package io.k3j.nodeapi;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A pod's sandbox: the namespaces its containers share.
///
/// @param id the runtime's name for it
/// @param attempt how many sandboxes this pod had before
/// @param ready whether it runs and has its network
/// @param created when it was made
/// @param addresses its IP addresses, the primary one first; empty in listings and on the host network
/// @param labels as it was made with
/// @param annotations as it was made with
public record Sandbox(String id, int attempt, boolean ready, Instant created, List<String> addresses,
        Map<String, String> labels, Map<String, String> annotations) {
    /// Copies what it is given.
    public Sandbox {
        addresses = List.copyOf(addresses);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }
}
