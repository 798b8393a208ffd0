package io.k3j.authoidc;

import com.nimbusds.jose.JWSHeader;
import io.k3j.apiserverapi.Authenticator.BadCredential;
import io.k3j.authoidc.JwtConfiguration.Issuer;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a token is one of its issuer's, for this server, at this time. What costs least is looked at first: a token
/// has to be right in all but its signature before keys are fetched for it. Immutable; any thread.
/// @param algorithms it may be signed with
record IdTokenVerifier(Issuer issuer, List<String> algorithms, RemoteKeySet keys) {
    /// How far clocks may be apart for tokens that are not valid yet, as upstream; none for those that have expired.
    private static final long LEEWAY_SECONDS = 60;

    /// Returns when it is.
    /// @param token that names the issuer
    /// @throws BadCredential when it is not, in upstream's words
    void verify(SignedToken token, Instant now) throws BadCredential {
        String problem = problem(token, now);
        if (!problem.isEmpty()) {
            throw new BadCredential("oidc: verify token: " + problem);
        }
    }

    /// Why it is not, in upstream's words; empty when it is.
    /// @param token that names the issuer
    String problem(SignedToken token, Instant now) {
        try {
            String wrong = audience(token.claims());
            if (wrong.isEmpty()) {
                wrong = times(token.claims(), now);
            }
            return wrong.isEmpty() ? signature(token) : wrong;
        } catch (Claims.Unreadable e) {
            return "oidc: failed to unmarshal claims: " + e.getMessage();
        }
    }

    private String signature(SignedToken token) {
        JWSHeader header = token.header();
        if (header == null) {
            return "oidc: malformed jwt: its header is none of a signed token";
        }
        if (!algorithms.contains(header.getAlgorithm().getName())) {
            return "oidc: id token signed with unsupported algorithm, expected " + Quoted.texts(algorithms) + " got "
                    + Quoted.text(header.getAlgorithm().getName());
        }
        return keys.verify(token, header) ? "" : "failed to verify signature: failed to verify id token signature";
    }

    private String audience(Claims claims) throws Claims.Unreadable {
        List<String> meant = claims.has("aud") ? claims.texts("aud") : List.of();
        if (!Collections.disjoint(meant, issuer.audiences())) {
            return "";
        }
        return issuer.audiences().size() == 1
                ? "oidc: expected audience " + Quoted.text(issuer.audiences().getFirst()) + " got "
                        + Quoted.texts(meant)
                : "oidc: expected audience in " + Quoted.texts(issuer.audiences().stream().sorted().toList()) + " got "
                        + Quoted.texts(meant);
    }

    private static String times(Claims claims, Instant now) throws Claims.Unreadable {
        double seconds = now.toEpochMilli() / 1e3;
        Double end = claims.seconds("exp");
        if (end == null || !(end >= seconds)) {
            return "oidc: token is expired (Token Expiry: " + shown(end) + ")";
        }
        Double begin = claims.seconds("nbf");
        return begin == null || begin <= seconds + LEEWAY_SECONDS ? ""
                : "oidc: current time " + now + " before the nbf (not before) time: " + shown(begin);
    }

    private static String shown(@Nullable Double seconds) {
        return seconds == null ? "none" : Instant.ofEpochSecond(seconds.longValue() % (1L << 40)).toString();
    }
}
