package io.k3j.agent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// How long an agent that has not joined yet tries on once a server has said that the node of its name runs: to the
/// servers it does for about a minute after it has stopped. For one thread.
final class PasswordPatience {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final InstantSource monotonic;
    private @Nullable Instant end;

    /// @param monotonic a clock that nobody sets
    PasswordPatience(InstantSource monotonic) {
        this.monotonic = monotonic;
    }

    /// To be asked at each rejection; the time begins with the first one.
    boolean lasts() {
        Instant now = monotonic.instant();
        Instant until = end == null ? now.plus(LIMIT) : end;
        end = until;
        return now.isBefore(until);
    }
}
