package io.k3j.delegatedaccess;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Answers that are good for a while; of more than [#MOST] the oldest is forgotten. Any thread. A read does not make an
/// answer younger: what counts is when it was kept, so an answer is never good for longer than its time, however often
/// it is asked for. An answer whose time is over takes its place until it is replaced or pushed out; [#MOST] bounds
/// both.
/// @param <V> what is remembered; never null
final class AnswerCache<V> {
    /// Answers remembered at once. Whoever may ask the port chooses the keys, so their number must have a bound.
    static final int MOST = 1_000;
    private final InstantSource clock;
    /// In the order of keeping: the first entry is the oldest.
    private final Map<String, Kept<V>> kept = new LinkedHashMap<>();

    /// An answer, and until when it counts, on the clock of this cache.
    private record Kept<V>(V value, Instant until) {
    }

    /// @param clock the monotonic one: an answer must not live longer because somebody sets the time of day back
    AnswerCache(InstantSource clock) {
        this.clock = clock;
    }

    /// The answer, unless there is none or its time is over.
    /// @param key what was asked, in full: two questions with one key would get one answer
    synchronized Optional<V> find(String key) {
        return Optional.ofNullable(kept.get(key)).filter(k -> clock.instant().isBefore(k.until())).map(Kept::value);
    }

    /// Keeps an answer. It takes the place of any answer to the same question.
    /// @param life from now on; an answer that allows something stays in force so long after it was withdrawn
    synchronized void keep(String key, V value, Duration life) {
        kept.remove(key);
        if (kept.size() >= MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
        kept.put(key, new Kept<>(value, clock.instant().plus(life)));
    }

    /// How many are remembered, those among them whose time is over.
    synchronized int size() {
        return kept.size();
    }
}
