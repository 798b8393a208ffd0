package io.k3j.authwebhook;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Authorizer.Decision;
import io.k3j.apiserverapi.Authorizer.Verdict;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/// What a webhook has said a moment ago. Questions are known by their hashes, so that long ones take no more room than
/// others; the one that was not used for longest goes first. Any thread.
final class DecisionCache {
    /// As upstream. With reasons of 1 KiB it is some 20 MB.
    static final int MOST = 8192;
    /// What the caller chooses freely is that short where it is kept, as upstream.
    private static final int MOST_CHOSEN = 10_000;
    private final Map<Key, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final WebhookConfiguration configuration;
    private final LongSupplier nanos;

    /// The hash of a question.
    record Key(byte[] hash) {
        static Key of(AccessReview review) {
            try {
                return new Key(MessageDigest.getInstance("SHA-256").digest(review.key()));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
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

    private record Kept(Decision decision, long until) {
    }

    DecisionCache(WebhookConfiguration configuration, LongSupplier nanos) {
        this.configuration = configuration;
        this.nanos = nanos;
    }

    /// Empty when it is not known, or not any more.
    synchronized Optional<Decision> get(Key key) {
        Kept known = kept.get(key);
        return known != null && nanos.getAsLong() - known.until < 0 ? Optional.of(known.decision) : Optional.empty();
    }

    /// Keeps it as long as is configured.
    synchronized void put(Key key, Attributes what, Decision decision) {
        Duration ttl = decision.verdict() == Verdict.ALLOW ? configuration.authorizedTtl()
                : configuration.unauthorizedTtl();
        if (ttl.isZero() || chosen(what) >= MOST_CHOSEN) {
            return;
        }
        kept.put(key, new Kept(decision, nanos.getAsLong() + ttl.toNanos()));
        if (kept.size() > MOST) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /// How many are kept.
    synchronized int size() {
        return kept.size();
    }

    private static int chosen(Attributes what) {
        return Stream.of(what.namespace(), what.verb(), what.group(), what.version(), what.resource(),
                what.subresource(), what.name(), what.path()).mapToInt(String::length).sum();
    }
}
