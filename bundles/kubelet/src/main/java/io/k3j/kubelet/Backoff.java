package io.k3j.kubelet;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// Growing pauses by name: 10 s doubled up to 5 minutes, forgotten after 10 quiet minutes. The first try after
/// a failure comes at once. For one thread.
final class Backoff {
    static final Duration FIRST = Duration.ofSeconds(10);
    static final Duration LONGEST = Duration.ofMinutes(5);
    private final Map<String, Entry> entries = new HashMap<>();

    private record Entry(Duration pause, Instant updated) {
    }

    /// How long to wait still, counted from `since`; zero when not at all.
    Duration left(String name, Instant since, Instant now) {
        Entry e = entries.get(name);
        if (e == null || Duration.between(e.updated, now).compareTo(LONGEST.multipliedBy(2)) > 0) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(now, since.plus(e.pause));
        return left.isNegative() ? Duration.ZERO : left;
    }

    /// The pause that counts now.
    Duration pause(String name) {
        Entry e = entries.get(name);
        return e == null ? Duration.ZERO : e.pause;
    }

    /// Notes another try: the next pause is longer.
    void next(String name, Instant now) {
        Entry e = entries.get(name);
        boolean old = e == null || Duration.between(e.updated, now).compareTo(LONGEST.multipliedBy(2)) > 0;
        Duration pause = old ? FIRST : e.pause.multipliedBy(2);
        entries.put(name, new Entry(pause.compareTo(LONGEST) > 0 ? LONGEST : pause, now));
    }

    /// Forgets a name.
    void reset(String name) {
        entries.remove(name);
    }

    /// The pause as upstream writes it: `10s`, `1m20s`, `5m0s`.
    static String text(Duration pause) {
        long s = pause.toSeconds();
        return s < 60 ? s + "s" : s / 60 + "m" + s % 60 + "s";
    }
}
