package io.k3j.probes;

import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/// When a probe is made, and how its results count: in a row, so that a failure takes back the successes before it, and
/// the other way round. For one thread.
final class ProbeCounter {
    private final long toSucceed;
    private final long toFail;
    /// Seconds.
    private final long delay;
    /// Nanoseconds between two.
    private final long period;
    private long successes;
    private long failures;
    /// When the last probe was due, in nanoseconds.
    private long tick;
    /// Whether the probe has not been made yet.
    private boolean first = true;

    ProbeCounter(Struct probe) {
        toSucceed = probe.whole("successThreshold", 1);
        toFail = probe.whole("failureThreshold", 3);
        delay = probe.whole("initialDelaySeconds", 0);
        period = TimeUnit.SECONDS.toNanos(probe.whole("periodSeconds", 10));
    }

    /// How long the next probe has to wait for its time, in nanoseconds. The first delay counts from the start of the
    /// container, so a kubelet that comes back does not wait again. Later ones count from when the last one was due and
    /// not from its answer: as with Go's ticker, one that was missed meanwhile is made at once, and others that were
    /// are left out.
    /// @param now the time of day
    /// @param started when the container was, in that time
    /// @param nanos now on the clock of [System#nanoTime]
    long untilNext(Instant now, Instant started, long nanos) {
        if (first) {
            first = false;
            long left = Duration.between(now, started.plusSeconds(delay)).toMillis();
            long wait = TimeUnit.MILLISECONDS.toNanos(Math.max(0, Math.min(left, delay * 1000)));
            tick = nanos + wait;
            return wait;
        }
        long due = tick + period;
        if (due - nanos > 0) {
            tick = due;
            return due - nanos;
        }
        tick = period == 0 ? nanos : nanos - (nanos - due) % period;
        return 0;
    }

    boolean succeeded() {
        failures = 0;
        return ++successes >= toSucceed;
    }

    boolean failed() {
        successes = 0;
        return ++failures >= toFail;
    }

    void reset() {
        successes = 0;
        failures = 0;
    }
}
