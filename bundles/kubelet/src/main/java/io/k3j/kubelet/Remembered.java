package io.k3j.kubelet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Answers that are good for a while; of more than [#MOST] the oldest is forgotten. Any thread.
final class Remembered<V> {
    static final int MOST = 1_000;
    private final InstantSource clock;
    private final Map<String, Kept<V>> kept = new LinkedHashMap<>();

    private record Kept<V>(V value, Instant until) {
    }

    Remembered(InstantSource clock) {
        this.clock = clock;
    }

    /// The answer, unless there is none or its time is over.
    synchronized Optional<V> find(String key) {
        return Optional.ofNullable(kept.get(key)).filter(k -> clock.instant().isBefore(k.until())).map(Kept::value);
    }

    /// Keeps an answer.
    synchronized void keep(String key, V value, Duration life) {
        kept.remove(key);
        if (kept.size() >= MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
        kept.put(key, new Kept<>(value, clock.instant().plus(life)));
    }

    synchronized int size() {
        return kept.size();
    }
}
