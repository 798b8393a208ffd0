package io.k3j.componentapi;

/// How a component is, told by what an operator should do.
public enum HealthLevel {
    /// Not yet at work: wait.
    STARTING,
    /// At work: nothing to do.
    OK,
    /// At work, but something it needs is missing or fails; it retries: read the message.
    DEGRADED,
    /// Not at work and will not be by itself: read the message, then restart, swap or disable it.
    STOPPED
}
