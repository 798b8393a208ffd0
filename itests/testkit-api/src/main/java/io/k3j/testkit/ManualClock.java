package io.k3j.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// A clock that stands still until it is moved. Any thread.
public final class ManualClock implements InstantSource {
    private volatile Instant now;

    /// A clock at noon of the first of January 2026, UTC.
    public ManualClock() {
        this(Instant.parse("2026-01-01T12:00:00Z"));
    }

    /// A clock at an instant.
    public ManualClock(Instant start) {
        this.now = start;
    }

    @Override
    public Instant instant() {
        return now;
    }

    /// Moves the clock forward.
    public void advance(Duration by) {
        now = now.plus(by);
    }
}
