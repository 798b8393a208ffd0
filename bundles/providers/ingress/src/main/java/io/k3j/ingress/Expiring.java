package io.k3j.ingress;

/// What ends by itself when it is too slow. On its event loop.
interface Expiring {
    /// Looks; ends it when its time is over.
    ///
    /// @param now of [System#nanoTime]
    void check(long now);
}
