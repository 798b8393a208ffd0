package io.k3j.kuberuntime;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// Exponential back-off by name, reset when 10 minutes have passed between a start and the next failure: of restarts,
/// 10 s doubled up to 5 minutes or what the node is told, as the kubelet's `CrashLoopBackOff`. The first time is
/// immediate. For one thread.
public final class Backoff {
    /// The first pause of a container that ends.
    public static final Duration FIRST = Duration.ofSeconds(10);
    private static final Duration RESET = Duration.ofMinutes(10);
    private final Duration first;
    private final Duration longest;
    private final Map<String, Entry> entries = new HashMap<>();

    /// Of restarts.
    ///
    /// @param longest pause; less than 10 s is the first pause, too
    public Backoff(Duration longest) {
        this(longest.compareTo(FIRST) < 0 ? longest : FIRST, longest);
    }

    /// @param first pause
    /// @param longest pause
    public Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
    }

    private record Entry(Duration pause, Instant updated) {
    }

    /// The remaining wait, counted from `since`; zero when none.
    public Duration remaining(String name, Instant since, Instant now) {
        Entry e = entries.get(name);
        if (e == null || Duration.between(e.updated, since).compareTo(RESET) > 0) {
            return Duration.ZERO;
        }
        Duration remaining = Duration.between(now, since.plus(e.pause));
        return remaining.isNegative() ? Duration.ZERO : remaining;
    }

    /// The current pause.
    public Duration pause(String name) {
        Entry e = entries.get(name);
        return e == null ? Duration.ZERO : e.pause;
    }

    /// Records another restart: doubles the pause.
    public void next(String name, Instant now) {
        next(name, now, now);
    }

    /// The same of a failure that is longer ago.
    /// @param since it is there
    public void next(String name, Instant since, Instant now) {
        Entry e = entries.get(name);
        boolean recent = e != null && Duration.between(e.updated, since).compareTo(RESET) <= 0;
        Duration pause = e != null && recent ? e.pause.multipliedBy(2) : first;
        entries.put(name, new Entry(pause.compareTo(longest) > 0 ? longest : pause, now));
    }

    /// Resets a name.
    public void reset(String name) {
        entries.remove(name);
    }

    /// The pause in Go's duration format: `10s`, `1m20s`, `5m0s`.
    public static String text(Duration pause) {
        long s = pause.toSeconds();
        return s < 60 ? s + "s" : s / 60 + "m" + s % 60 + "s";
    }
}
