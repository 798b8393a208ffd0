package io.k3j.authoidc;

import io.k3j.metricstext.Hashes;
import io.k3j.apiserverapi.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Who tokens stand for that were verified a moment ago, as upstream keeps that for ten seconds: verifying one takes
/// some ten microseconds, expressions more. Holds hashes of tokens, not tokens. Only good ones are kept, so that what
/// strangers send takes no room. Any thread.
final class TokenCache {
    /// How long, or until the token expires.
    static final Duration KEPT = Duration.ofSeconds(10);
    /// Characters of all tokens that are kept, or of groups where these are more; see [#weight].
    static final long MOST_CHARACTERS = 32L << 20;
    /// What a group takes beside its characters.
    private static final int GROUP = 40;
    /// Tokens that are kept.
    static final int MOST_TOKENS = 8192;
    private final Map<Digest, Kept> kept = new HashMap<>();
    private long characters;

    /// What a token is known by. Made outside of the lock: strangers send long ones.
    record Digest(byte[] bytes) {
        static Digest of(String token) {
            return new Digest(Hashes.of(token.getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Digest(byte[] others) && Arrays.equals(bytes, others);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    private record Kept(Caller caller, int weight, Instant until) {
    }

    /// Who it stands for; empty when that is not known any more.
    synchronized Optional<Caller> get(Digest token, Instant now) {
        Kept known = kept.get(token);
        return known != null && now.isBefore(known.until) ? Optional.of(known.caller) : Optional.empty();
    }

    /// What a token and its user take, in characters: groups that were at another server may be many more than a token
    /// has.
    static int weight(String token, Caller caller) {
        return Math.max(token.length(), caller.groups().stream().mapToInt(group -> GROUP + group.length()).sum());
    }

    /// Keeps it.
    /// @param weight of [#weight]
    /// @param end of its validity
    synchronized void put(Digest token, int weight, Caller caller, Instant now, Instant end) {
        if (kept.size() >= MOST_TOKENS || characters + weight > MOST_CHARACTERS) {
            kept.clear();
            characters = 0;
        }
        Instant until = now.plus(KEPT);
        characters += weight;
        Kept before = kept.put(token, new Kept(caller, weight, end.isBefore(until) ? end : until));
        characters -= before == null ? 0 : before.weight;
    }
}
