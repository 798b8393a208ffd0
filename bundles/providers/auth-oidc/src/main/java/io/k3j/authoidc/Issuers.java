package io.k3j.authoidc;

import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.apiserverapi.Caller;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The issuers of one configuration. A token is shown to the one it names, to nobody else. Immutable but for what
/// issuers tell; any thread.
final class Issuers {
    /// Without any.
    static final Issuers NONE = new Issuers(Map.of(), InstantSource.system());
    private final Map<String, JwtAuthenticator> byUrl;
    private final InstantSource clock;
    private final TokenCache cache = new TokenCache();

    private Issuers(Map<String, JwtAuthenticator> byUrl, InstantSource clock) {
        this.byUrl = byUrl;
        this.clock = clock;
    }

    /// Those of another configuration. One that is configured as before goes on with what it knows.
    /// @param make makes one that is new, not started
    Issuers next(List<JwtConfiguration> configurations, Function<JwtConfiguration, JwtAuthenticator> make,
            InstantSource by) {
        Map<String, JwtAuthenticator> all = new LinkedHashMap<>();
        for (JwtConfiguration configuration : configurations) {
            String url = configuration.issuer().url();
            JwtAuthenticator before = byUrl.get(url);
            all.put(url, before != null && before.configuration().equals(configuration) ? before
                    : make.apply(configuration));
        }
        return new Issuers(all, by);
    }

    /// All of them.
    Collection<JwtAuthenticator> all() {
        return byUrl.values();
    }

    /// Those that others have not.
    List<JwtAuthenticator> without(Issuers others) {
        return byUrl.values().stream().filter(a -> !others.byUrl.containsValue(a)).toList();
    }

    /// URLs that others have and these have not.
    List<String> gone(Issuers others) {
        return others.byUrl.keySet().stream().filter(url -> !byUrl.containsKey(url)).toList();
    }

    /// Whether each has tried to reach its issuer.
    boolean attempted() {
        return byUrl.values().stream().allMatch(JwtAuthenticator::attempted);
    }

    /// Why one of them cannot authenticate; empty when all can.
    String trouble() {
        return byUrl.values().stream().map(JwtAuthenticator::trouble).filter(t -> !t.isEmpty()).findFirst().orElse("");
    }

    /// Who a token stands for; empty when it is of no issuer here.
    /// @throws BadCredential when it is, and stands for nobody
    Optional<Caller> authenticate(String bearer) throws BadCredential {
        if (byUrl.isEmpty() || bearer.isEmpty() || bearer.length() > SignedToken.MOST_CHARACTERS) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        TokenCache.Digest digest = TokenCache.Digest.of(bearer);
        Optional<Caller> known = cache.get(digest, now);
        if (known.isPresent()) {
            return known;
        }
        SignedToken token = SignedToken.parse(bearer).orElse(null);
        JwtAuthenticator authenticator = token == null ? null : byUrl.get(token.issuer());
        if (token == null || authenticator == null) {
            return Optional.empty();
        }
        Caller caller = authenticator.authenticate(token);
        cache.put(digest, TokenCache.weight(bearer, caller), caller, now, end(token, now));
        return Optional.of(caller);
    }

    /// Until when a verified token is valid.
    private static Instant end(SignedToken token, Instant now) {
        try {
            Double seconds = token.claims().seconds("exp");
            return seconds == null || seconds > now.plus(TokenCache.KEPT).getEpochSecond() ? Instant.MAX
                    : Instant.ofEpochMilli((long) (seconds * 1e3));
        } catch (Claims.Unreadable e) {
            return now;
        }
    }
}
