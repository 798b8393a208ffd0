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
/// @param details what few ask for
public record ContainerUsage(String id, Map<String, String> labels, Instant at, long cpuNanos, long memoryBytes,
        long workingSetBytes, long rssBytes, long diskBytes, Details details) {
    /// Copies the labels.
    public ContainerUsage {
        labels = Map.copyOf(labels);
    }

    /// Without details.
    @SuppressWarnings("checkstyle:ParameterNumber") // the record's own, but one
    public ContainerUsage(String id, Map<String, String> labels, Instant at, long cpuNanos, long memoryBytes,
            long workingSetBytes, long rssBytes, long diskBytes) {
        this(id, labels, at, cpuNanos, memoryBytes, workingSetBytes, rssBytes, diskBytes, Details.NONE);
    }

    /// More of its memory and of its writable layer.
    ///
    /// @param availableBytes memory that is left of the limit, 0 without a limit
    /// @param pageFaults since the start
    /// @param majorPageFaults those of them that read a disk
    /// @param swapUsageBytes on the swap device
    /// @param swapAvailableBytes what is left there
    /// @param layerPath on the file system where layers lie, empty when it is not known
    /// @param layerInodes files and directories in the layer
    public record Details(long availableBytes, long pageFaults, long majorPageFaults, long swapUsageBytes,
            long swapAvailableBytes, String layerPath, long layerInodes) {
        /// Nothing known.
        public static final Details NONE = new Details(0, 0, 0, 0, 0, "", 0);
    }
}
