package io.k3j.authoidc;

import io.k3j.model.Null;
import io.k3j.model.Struct;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The server that has a claim which a token does not hold (OpenID Connect Core 1.0, 5.6.2). Immutable.
/// @param endpoint its URL
/// @param accessToken what it wants to be shown; empty: nothing. A secret
record ClaimSource(String endpoint, String accessToken) {
    private static final String NAMES = "_claim_names";
    private static final String SOURCES = "_claim_sources";

    /// The one of a claim; empty where the token holds the claim, says nothing of it, or holds it in another token
    /// inside of this one (an aggregated claim, which counts as missing, as upstream).
    /// @throws Claims.Unreadable for what cannot be understood, in upstream's words
    static Optional<ClaimSource> of(Claims token, String claim) throws Claims.Unreadable {
        if (token.has(claim) || !token.has(NAMES)) {
            return Optional.empty();
        }
        String badNames = "oidc: error parsing distributed claim names: ";
        Struct names = object(token.tree().get(NAMES), "map[string]string", badNames);
        for (String name : names.names()) {
            text(names.get(name), badNames);
        }
        if (!token.has(SOURCES)) {
            throw new Claims.Unreadable("oidc: no claim sources");
        }
        String badSources = "oidc: could not parse claim sources: ";
        Struct sources = object(token.tree().get(SOURCES), "map[string]oidc.endpoint", badSources);
        for (String name : sources.names()) {
            parsed(sources.get(name), badSources);
        }
        if (!names.has(claim)) {
            return Optional.empty();
        }
        String name = names.text(claim);
        if (!sources.has(name)) {
            throw new Claims.Unreadable("id token _claim_names contained a source " + Quoted.text(name)
                    + " missing in _claims_sources");
        }
        return Optional.of(parsed(sources.get(name), badSources)).filter(source -> !source.endpoint.isEmpty());
    }

    private static ClaimSource parsed(@Nullable Object source, String bad) throws Claims.Unreadable {
        Struct fields = object(source, "oidc.endpoint", bad);
        text(fields.get("JWT"), bad);
        return new ClaimSource(text(fields.get("endpoint"), bad), text(fields.get("access_token"), bad));
    }

    private static Struct object(@Nullable Object value, String type, String bad) throws Claims.Unreadable {
        if (value == null || value instanceof Null) {
            return Struct.EMPTY;
        }
        if (value instanceof Struct object) {
            return object;
        }
        throw new Claims.Unreadable(bad + Claims.mismatch(value, type).getMessage());
    }

    private static String text(@Nullable Object value, String bad) throws Claims.Unreadable {
        if (value == null || value instanceof Null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        throw new Claims.Unreadable(bad + Claims.mismatch(value, "string").getMessage());
    }

    /// Without the access token.
    @Override
    public String toString() {
        return endpoint;
    }
}
