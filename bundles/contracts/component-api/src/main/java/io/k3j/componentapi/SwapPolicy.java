package io.k3j.componentapi;

/// How a bundle may be replaced while the process runs.
public enum SwapPolicy {
    /// The new one is started beside the old one, becomes healthy, then the old one ends: no gap.
    PARALLEL,
    /// The old one ends, then the new one starts: never two at once.
    REPLACE,
    /// Only with a restart of the process.
    RESTART
}
