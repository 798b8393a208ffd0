package io.k3j.kubeletserver;

import io.k3j.delegatedaccess.AccessReviews;
import java.time.Duration;

/// How long the port remembers who somebody is and what they may, by `authentication.webhook.cacheTTL`,
/// `authorization.webhook.cacheAuthorizedTTL` and `cacheUnauthorizedTTL`. What was allowed stays in force so long after
/// it was withdrawn.
///
/// @param authenticated of a token whose user is known
/// @param authorized of what is allowed
/// @param notAuthorized of what is not
public record AccessLifetimes(Duration authenticated, Duration authorized, Duration notAuthorized) {
    /// Upstream's defaults.
    public static final AccessLifetimes UPSTREAM = new AccessLifetimes(Duration.ofMinutes(2), Duration.ofMinutes(5),
            Duration.ofSeconds(30));
    /// Of a token that nobody knows, at most.
    private static final Duration STRANGERS = Duration.ofSeconds(10);

    AccessReviews.Lifetimes reviews() {
        return new AccessReviews.Lifetimes(authenticated,
                authenticated.compareTo(STRANGERS) < 0 ? authenticated : STRANGERS, authorized, notAuthorized);
    }
}
