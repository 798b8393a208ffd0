package io.k3j.helm;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/// Hears whether the owner is still there: it writes a byte now and then. Where servers elect a leader, the next one
/// may begin as soon as the lease of a frozen one is over; so this process must end before.
final class Watchdog {
    private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

    private final long silenceNanos;
    private final LongSupplier clock;
    private volatile long heard;
    private volatile boolean left;

    /// @param silence how long nothing may be heard
    /// @param clock nanoseconds that never go back
    Watchdog(Duration silence, LongSupplier clock) {
        this.silenceNanos = silence.toNanos();
        this.clock = clock;
        this.heard = clock.getAsLong();
    }

    /// Reads until the owner closes its end, or dies.
    void read(InputStream owner) {
        byte[] bytes = new byte[64];
        try {
            while (owner.read(bytes) >= 0) {
                heard = clock.getAsLong();
            }
        } catch (IOException broken) {
            // as good as closed
        }
        left = true;
    }

    /// Whether the owner has left, or has been silent for too long.
    boolean silent() {
        return left || clock.getAsLong() - heard > silenceNanos;
    }

    /// Returns when [#silent].
    void awaitSilence() {
        while (!silent()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
