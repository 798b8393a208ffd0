package io.k3j.agent;

/// What a server's tunnel says of it.
enum Health {
    /// There is no tunnel yet.
    UNKNOWN,
    /// The tunnel stands.
    OK,
    /// The tunnel has broken.
    FAILED
}
