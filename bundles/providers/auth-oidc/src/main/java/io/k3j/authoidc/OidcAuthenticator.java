package io.k3j.authoidc;

import io.k3j.apiserverapi.Authenticator;
import io.k3j.apiserverapi.Caller;
import java.util.Optional;

/// What the API server asks: authenticates the bearer tokens of the issuers in use. Tokens without an issuer here are
/// none of its own. For which audiences a token is meant is said by the configuration of its issuer; who wants it for
/// others than the API server (a TokenReview) compares that himself.
final class OidcAuthenticator implements Authenticator {
    /// Behind the cluster's own tokens.
    static final int RANKING = 50;
    private volatile Issuers issuers = Issuers.NONE;

    /// The issuers in use.
    Issuers issuers() {
        return issuers;
    }

    /// Takes others into use, from the next request on.
    void use(Issuers others) {
        issuers = others;
    }

    @Override
    public Optional<Caller> authenticate(Credentials credentials) throws BadCredential {
        return issuers.authenticate(credentials.bearer());
    }
}
