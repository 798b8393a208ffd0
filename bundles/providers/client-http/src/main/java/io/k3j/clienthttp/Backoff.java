package io.k3j.clienthttp;

import java.util.random.RandomGenerator;

/// The pause before a retry: none after a watch that had been open, then doubled up to five seconds, with
/// jitter of one half. Not thread-safe.
final class Backoff {
    /// The pause of the first retry.
    static final long MIN_MILLIS = 50;
    /// The upper bound of the pause.
    static final long MAX_MILLIS = 5_000;

    private final RandomGenerator random;
    private long pause;
    private boolean opened;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /// The last attempt lasted long enough to start over.
    void reset() {
        pause = 0;
    }

    /// The present attempt was answered successfully.
    void opened() {
        opened = true;
    }

    /// The pause before the next attempt, in milliseconds.
    long next() {
        if (opened && pause == 0) {
            opened = false;
            pause = 1;
            return 0;
        }
        opened = false;
        pause = Math.clamp(pause * 2, MIN_MILLIS, MAX_MILLIS);
        return pause / 2 + random.nextLong(pause / 2 + 1);
    }
}
