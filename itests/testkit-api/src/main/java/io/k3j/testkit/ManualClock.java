package io.k3j.testkit;

import io.k3j.componentapi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Two clocks that stand still until they are moved. Any thread.
public final class ManualClock implements TimeSource {
    private volatile Instant now;
    private volatile Instant passed = Instant.ofEpochSecond(86_400);

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

    @Override
    public InstantSource monotonic() {
        return () -> passed;
    }

    /// Lets time pass: moves both clocks forward.
    public void advance(Duration by) {
        now = now.plus(by);
        passed = passed.plus(by);
    }

    /// Sets the time of day, forward or, with a negative duration, back, while no time passes.
    public void step(Duration by) {
        now = now.plus(by);
    }
}
