package io.k3j.nodeapi;

import java.time.Instant;
import java.util.Map;

/// What a running container uses.
///
/// @param id the container's id
/// @param labels as it was made with
/// @param at when it was measured
/// @param cpuNanos processor time since its start, nanoseconds
/// @param memoryBytes memory in use
/// @param workingSetBytes memory that cannot be dropped
/// @param rssBytes anonymous memory
/// @param diskBytes its writable layer
public record ContainerUsage(String id, Map<String, String> labels, Instant at, long cpuNanos, long memoryBytes,
        long workingSetBytes, long rssBytes, long diskBytes) {
    /// Copies the labels.
    public ContainerUsage {
        labels = Map.copyOf(labels);
    }
}
