package io.k3j.metricsserver;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The last look and the one before it, of which usage is counted; upstream's rules of `podStorage` and `nodeStorage`.
/// Immutable.
///
/// @param last the newest
/// @param previous of the same life of the container; null when there is none yet
record Usage(Point last, @Nullable Point previous) {
    /// A container younger than a round is measured from its start, if it has run for this long: less says nothing.
    static final long FRESH_MILLIS = 10_000;
    /// Looks further apart than this belong to a node that was away in between.
    static final long LONGEST_MILLIS = 120_000;
    private static final double MILLIS = 1_000;

    /// What was used between the two.
    ///
    /// @param cpuNanos processor time per second
    /// @param memoryBytes at the end
    /// @param atMillis the end
    /// @param windowMillis its length
    record Amount(long cpuNanos, long memoryBytes, long atMillis, long windowMillis) {
    }

    /// The next state after another look.
    ///
    /// @param before null when there is none
    /// @param roundMillis how often one looks
    static Usage after(@Nullable Usage before, Point now, long roundMillis) {
        long age = now.atMillis() - now.startMillis();
        if (now.startMillis() > 0 && age >= FRESH_MILLIS && age < roundMillis) {
            return new Usage(now, new Point(now.startMillis(), now.startMillis(), 0, now.memoryBytes()));
        }
        if (before == null || now.startMillis() >= before.last.atMillis()
                || now.atMillis() - before.last.atMillis() > LONGEST_MILLIS) {
            return new Usage(now, null);
        }
        if (now.atMillis() > before.last.atMillis()) {
            return new Usage(now, before.last);
        }
        boolean older = before.previous != null && before.previous.atMillis() < now.atMillis();
        return new Usage(now, older ? before.previous : null);
    }

    /// Empty before there are two looks, and when the counter went back.
    Optional<Amount> amount() {
        Point from = previous;
        if (from == null || last.startMillis() < from.startMillis() || last.cpuNanos() < from.cpuNanos()) {
            return Optional.empty();
        }
        long window = last.atMillis() - from.atMillis();
        long cpu = (long) ((last.cpuNanos() - from.cpuNanos()) * MILLIS / window);
        return Optional.of(new Amount(cpu, last.memoryBytes(), last.atMillis(), window));
    }
}
