package io.k3j.authtokens;

import io.k3j.apiserverapi.Caller;
import io.k3j.metricstext.Hashes;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Service account tokens whose signature is good, as verifying one takes some ten microseconds. Holds hashes of
/// tokens and what of them is looked at for each request, up to a number of tokens and of bytes: who may ask for tokens
/// chooses how many audiences they are for. All are forgotten when there are too many. Any thread.
final class VerifiedTokens {
    /// What all of them may take.
    static final long MOST_BYTES = 16L << 20;
    /// How many are kept.
    static final int MOST_TOKENS = 4096;
    /// What one takes beside its text: who it stands for.
    private static final int TOKEN_BYTES = 1024;
    /// What an audience takes beside its text.
    private static final int AUDIENCE_BYTES = 64;
    /// The claims that are looked at for each request.
    private static final List<String> CLAIMS = List.of("iss", "exp", "nbf", "aud", "kubernetes.io",
            AccountAuthenticator.LEGACY + "namespace", AccountAuthenticator.LEGACY + "secret.name",
            AccountAuthenticator.LEGACY + "service-account.name", AccountAuthenticator.LEGACY + "service-account.uid");
    private final Map<ByteBuffer, Verified> kept = new HashMap<>();
    private long bytes;

    /// A token whose signature is good, and who it stands for while its claims hold.
    record Verified(Struct claims, Caller caller) {
        /// @param all claims of the token, of which few are kept
        static Verified of(Struct all, Caller caller) {
            Struct.Builder claims = Struct.builder();
            for (String name : CLAIMS) {
                Object value = all.get(name);
                if (value != null) {
                    claims.put(name, value);
                }
            }
            return new Verified(claims.build(), caller);
        }
    }

    /// What a token is known by. Made outside of the lock: strangers send long ones.
    static ByteBuffer digest(String token) {
        return ByteBuffer.wrap(Hashes.of(token.getBytes(StandardCharsets.UTF_8)));
    }

    /// The token, null when it is not known.
    synchronized @Nullable Verified get(ByteBuffer digest) {
        return kept.get(digest);
    }

    /// Keeps one.
    /// @param length of its text
    synchronized void put(ByteBuffer digest, int length, Verified token) {
        int weight = TOKEN_BYTES + length + AUDIENCE_BYTES
                * (token.claims.get("aud") instanceof Seq audiences ? audiences.size() : 1);
        if (kept.size() >= MOST_TOKENS || bytes + weight > MOST_BYTES) {
            kept.clear();
            bytes = 0;
        }
        if (kept.put(digest, token) == null) {
            bytes += weight;
        }
    }

    /// How many are kept.
    synchronized int size() {
        return kept.size();
    }
}
