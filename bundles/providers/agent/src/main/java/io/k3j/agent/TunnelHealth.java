package io.k3j.agent;

/// The health of a server as seen by its tunnel.
enum TunnelHealth {
    /// There is no tunnel yet.
    UNKNOWN,
    /// The tunnel is connected.
    OK,
    /// The tunnel has broken.
    FAILED
}
