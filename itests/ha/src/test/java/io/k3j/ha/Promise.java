package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/// How long something may take on a machine that does nothing else: what `docs/acceptance/3.md` and the fault matrix
/// promise. `-Dk3j.ha.quiet=true` holds a quiet machine to the promise itself; in the suites of `-Pfull` what takes
/// effort may take [#SLOW] times as long. Everywhere else the machine does other things as well: there the figure is
/// printed, and only what never comes fails.
///
/// @param waits what programs wait for by their clocks, on any machine equally long
/// @param works what the rest takes
record Promise(Duration waits, Duration works) {
    private static final boolean QUIET = Boolean.getBoolean("k3j.ha.quiet");
    private static final boolean HELD = QUIET || Boolean.getBoolean("k3j.full");
    /// How many times the effort is allowed.
    static final int SLOW = QUIET ? 1 : 3;
    private static final Duration NEVER = Duration.ofSeconds(300);

    /// Effort alone.
    static Promise of(long millis) {
        return new Promise(Duration.ZERO, Duration.ofMillis(millis));
    }

    /// Effort after a wait.
    static Promise of(Duration waits, long millis) {
        return new Promise(waits, Duration.ofMillis(millis));
    }

    /// Prints how long it took since `start`, in the units of [System#nanoTime], and fails when that is too long.
    void since(String what, long start) {
        holds(what, Cluster.report(what, start));
    }

    /// Fails when so many milliseconds are too many.
    void holds(String what, long millis) {
        long promised = waits.plus(works).toMillis();
        Duration most = HELD ? waits.plus(works.multipliedBy(SLOW)) : waits.plus(NEVER);
        assertThat(millis).as("milliseconds: %s; %d are promised on a quiet machine", what, promised)
                .isLessThanOrEqualTo(most.toMillis());
    }
}
