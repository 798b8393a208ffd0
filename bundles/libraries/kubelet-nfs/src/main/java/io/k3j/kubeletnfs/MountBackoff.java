package io.k3j.kubeletnfs;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How long a volume that could not be mounted is left alone: longer with each failure, as upstream's
/// `exponentialbackoff`, so that no server is asked again and again by pods that it refuses. One entry for each volume
/// that could not be mounted last, until its pod goes. Any thread.
final class MountBackoff {
    /// After the first failure.
    static final Duration FIRST = Duration.ofMillis(500);
    /// After any number of them.
    static final Duration MOST = Duration.ofSeconds(122);
    private final InstantSource monotonic;
    private final Map<Path, Failure> failures = new ConcurrentHashMap<>();

    /// The last failure of a volume.
    ///
    /// @param why its message
    /// @param pause that follows it
    /// @param again when the pause is over
    private record Failure(String why, Duration pause, Instant again) {
    }

    /// @param monotonic what nobody sets
    MountBackoff(InstantSource monotonic) {
        this.monotonic = monotonic;
    }

    /// @throws IOException with what was said last, as long as a volume is left alone
    void check(Path at) throws IOException {
        Failure last = failures.get(at);
        if (last != null && monotonic.instant().isBefore(last.again())) {
            throw new IOException(last.why());
        }
    }

    void failed(Path at, IOException why) {
        failures.compute(at, (_, last) -> {
            Duration next = last == null ? FIRST : last.pause().multipliedBy(2);
            Duration pause = next.compareTo(MOST) > 0 ? MOST : next;
            return new Failure(String.valueOf(why.getMessage()), pause, monotonic.instant().plus(pause));
        });
    }

    /// Forgets all at or below a place: what is mounted, or the volumes of a pod that goes.
    void forget(Path below) {
        failures.keySet().removeIf(at -> at.startsWith(below));
    }
}
