package io.k3j.metricsserver;

/// One look at a container or a node.
///
/// @param startMillis since 1970, when processor time began to be counted; 0 when nobody said
/// @param atMillis since 1970, when it was measured
/// @param cpuNanos processor time since the start
/// @param memoryBytes the working set
record Point(long startMillis, long atMillis, long cpuNanos, long memoryBytes) {
    /// Nothing measured yet.
    static final Point NONE = new Point(0, 0, 0, 0);

    Point cpu(long nanos, long at) {
        return new Point(startMillis, at, nanos, memoryBytes);
    }

    Point memory(long bytes, long at) {
        return new Point(startMillis, Math.max(at, atMillis), cpuNanos, bytes);
    }

    Point started(long millis) {
        return new Point(millis, atMillis, cpuNanos, memoryBytes);
    }

    /// Whether time, processor and memory are known; upstream takes nothing less.
    boolean complete() {
        return atMillis > 0 && cpuNanos > 0 && memoryBytes > 0;
    }
}
