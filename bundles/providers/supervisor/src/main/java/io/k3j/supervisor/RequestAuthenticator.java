package io.k3j.supervisor;

import io.k3j.edgeapi.Exchange;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.SubjectNames;
import io.k3j.supervisorrequests.Requester;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Authenticates requests: by password (users `node` and `server`), by bootstrap token, or by a client
/// certificate, which the edge has verified.
final class RequestAuthenticator {
    private static final String BASIC = "Basic ";

    private static final String BEARER = "Bearer ";

    private final PasswordFile passwords;
    private final BootstrapTokens tokens;

    RequestAuthenticator(PasswordFile passwords, BootstrapTokens tokens) {
        this.passwords = passwords;
        this.tokens = tokens;
    }

    /// The requester; empty without valid credentials. Where the header names nobody the certificate counts, as with
    /// K3s: its agents send both, and their token may have been changed since they joined.
    Optional<Requester> authenticate(Exchange exchange) {
        return exchange.header("authorization").flatMap(this::byAuthorization)
                .or(() -> byCertificate(exchange.clientCertificates()));
    }

    private static Optional<Requester> byCertificate(List<X509Certificate> chain) {
        return chain.stream().findFirst().map(leaf -> SubjectNames.of(leaf.getSubjectX500Principal()))
                .map(names -> new Requester(names.commonName(), names.organizations()));
    }

    private Optional<Requester> byAuthorization(String authorization) {
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return tokens.authenticate(authorization.substring(BEARER.length()).strip());
        }
        return byPassword(authorization);
    }

    private Optional<Requester> byPassword(String authorization) {
        if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        String pair;
        try {
            byte[] bytes = Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip());
            pair = new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        return authenticate(pair.substring(0, colon), pair.substring(colon + 1));
    }

    private Optional<Requester> authenticate(String user, String password) {
        return passwords.authenticate(user, password).map(row -> new Requester(row.user(), row.groups()));
    }
}
