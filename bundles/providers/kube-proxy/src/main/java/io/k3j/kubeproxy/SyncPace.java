package io.k3j.kubeproxy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// How often rules are written at most, by `iptables-min-sync-period`: what changes meanwhile is written together.
/// For one thread.
final class SyncPace {
    private final Duration least;
    private final InstantSource monotonic;
    private Instant next = Instant.MIN;

    /// @param least between two writes; zero writes each change at once
    SyncPace(Duration least, InstantSource monotonic) {
        this.least = least;
        this.monotonic = monotonic;
    }

    /// How long the next write has to wait; zero for not at all.
    Duration rest() {
        Instant now = monotonic.instant();
        return now.isBefore(next) ? Duration.between(now, next) : Duration.ZERO;
    }

    /// A write begins.
    void begun() {
        next = monotonic.instant().plus(least);
    }
}
