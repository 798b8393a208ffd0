package io.k3j.clienthttp;

import java.util.random.RandomGenerator;

/// How long to wait before trying again: not at all after a watch that had been open, then longer and
/// longer, up to five seconds, each pause spread by half. One thread.
final class Backoff {
    /// The first pause.
    static final long FIRST_MILLIS = 50;
    /// The longest pause.
    static final long LONGEST_MILLIS = 5_000;

    private final RandomGenerator random;
    private long pause;
    private boolean opened;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /// The last try lasted.
    void reset() {
        pause = 0;
    }

    /// This try has been answered well.
    void opened() {
        opened = true;
    }

    /// Milliseconds to wait now.
    long next() {
        if (opened && pause == 0) {
            opened = false;
            pause = 1;
            return 0;
        }
        opened = false;
        pause = Math.clamp(pause * 2, FIRST_MILLIS, LONGEST_MILLIS);
        return pause / 2 + random.nextLong(pause / 2 + 1);
    }
}
