package io.k3j.helmcontroller;

import io.k3j.model.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// How often operations have failed, and when the next one may begin: later and later, as a Job's pods. One entry per
/// HelmChart that fails; kept in memory, so that another leader begins anew. Any thread.
final class ChartBackoff {
    /// A Job's: ten seconds, doubled up to six minutes.
    static final Duration FIRST = Duration.ofSeconds(10);
    static final Duration LONGEST = Duration.ofMinutes(6);
    private static final int MOST_DOUBLINGS = 10;

    private record Failures(String of, long times, Instant next) {
    }

    private final Map<Key, Failures> all = new ConcurrentHashMap<>();
    private final InstantSource clock;

    /// @param clock a monotonic one
    ChartBackoff(InstantSource clock) {
        this.clock = clock;
    }

    /// Counts one.
    ///
    /// @param of what was tried; another thing begins at one again
    /// @return how long to wait
    Duration failed(Key key, String of) {
        long times = times(key, of) + 1;
        Duration doubled = FIRST.multipliedBy(1L << Math.min(times - 1, MOST_DOUBLINGS));
        Duration wait = doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
        all.put(key, new Failures(of, times, clock.instant().plus(wait)));
        return wait;
    }

    /// How often the same has failed.
    long times(Key key, String of) {
        @Nullable
        Failures failures = all.get(key);
        return failures == null || !failures.of().equals(of) ? 0 : failures.times();
    }

    /// How long to wait until the same may be tried again; zero or less: now.
    Duration wait(Key key, String of) {
        @Nullable
        Failures failures = all.get(key);
        return failures == null || !failures.of().equals(of)
                ? Duration.ZERO
                : Duration.between(clock.instant(), failures.next());
    }

    /// It is well, or gone.
    void forget(Key key) {
        all.remove(key);
    }
}
