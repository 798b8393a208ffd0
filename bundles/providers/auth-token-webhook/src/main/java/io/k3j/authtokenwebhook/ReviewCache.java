package io.k3j.authtokenwebhook;

import io.k3j.apiserverapi.Caller;
import io.k3j.authtokenwebhook.TokenReview.Answer;
import io.k3j.codec.Json;
import io.k3j.metricstext.Hashes;
import io.k3j.model.Seq;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.List;
import java.util.function.LongSupplier;

/// What the webhook has said a moment ago, by hashes of tokens with their audiences. Good answers and others have room
/// of their own, so that what strangers send displaces nobody; the one that was not used for longest goes first. Any
/// thread.
final class ReviewCache {
    /// Of either sort.
    static final int MOST = 4096;
    private final Map<Key, Kept> good = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Key, Kept> bad = new LinkedHashMap<>(16, 0.75f, true);
    private final Duration ttl;
    private final LongSupplier nanos;

    /// The hash of a question. Made outside of the lock: strangers send long ones.
    record Key(byte[] hash) {
        static Key of(String token, List<String> audiences) {
            return new Key(Hashes.of(Json.bytes(Seq.copyOf(audiences).plus(token))));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key(byte[] others) && Arrays.equals(hash, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(hash);
        }
    }

    private record Kept(Answer answer, long until) {
    }

    /// @param ttl how long an answer is known
    ReviewCache(Duration ttl, LongSupplier nanos) {
        this.ttl = ttl;
        this.nanos = nanos;
    }

    /// Empty when it is not known, or not any more.
    synchronized Optional<Answer> get(Key key) {
        Kept known = good.get(key);
        known = known == null ? bad.get(key) : known;
        return known != null && nanos.getAsLong() - known.until < 0 ? Optional.of(known.answer) : Optional.empty();
    }

    /// For whom the last answer was that is kept, also where it is not known any more: empty where it was for nobody.
    synchronized Optional<String> user(Key key) {
        return Optional.ofNullable(good.get(key)).flatMap(kept -> kept.answer.caller()).map(Caller::user);
    }

    /// Keeps it.
    synchronized void put(Key key, Answer answer) {
        Map<Key, Kept> kept = answer.caller().isPresent() ? good : bad;
        (kept == good ? bad : good).remove(key);
        kept.put(key, new Kept(answer, nanos.getAsLong() + ttl.toNanos()));
        if (kept.size() > MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /// How many are kept.
    synchronized int size() {
        return good.size() + bad.size();
    }
}
