package io.k3j.supervisor;

import io.k3j.edgeapi.Exchange;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.SubjectNames;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Finds out who asks: by password (`node`, `server`), by bootstrap token, or by a client certificate, which the
/// edge has verified.
final class Askers {
    private static final String BASIC = "Basic ";

    private static final String BEARER = "Bearer ";

    private final PasswordFile passwords;
    private final BootstrapTokens tokens;

    Askers(PasswordFile passwords, BootstrapTokens tokens) {
        this.passwords = passwords;
        this.tokens = tokens;
    }

    /// The asker, empty when nothing, or nothing right, was shown. A wrong password is not made good by a
    /// certificate.
    Optional<Asker> of(Exchange exchange) {
        Optional<String> authorization = exchange.header("authorization");
        if (authorization.isPresent()) {
            return byAuthorization(authorization.get());
        }
        List<X509Certificate> chain = exchange.clientCertificates();
        return chain.isEmpty() ? Optional.empty() : Optional.of(byCertificate(chain.getFirst()));
    }

    private static Asker byCertificate(X509Certificate leaf) {
        SubjectNames names = SubjectNames.of(leaf.getSubjectX500Principal());
        return new Asker(names.commonName(), names.organizations());
    }

    private Optional<Asker> byAuthorization(String authorization) {
        if (authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return tokens.asker(authorization.substring(BEARER.length()).strip());
        }
        return byPassword(authorization);
    }

    private Optional<Asker> byPassword(String authorization) {
        if (!authorization.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        String pair;
        try {
            byte[] bytes = Base64.getDecoder().decode(authorization.substring(BASIC.length()).strip());
            pair = new String(bytes, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException rubbish) {
            return Optional.empty();
        }
        int colon = pair.indexOf(':');
        if (colon < 0) {
            return Optional.empty();
        }
        return authenticate(pair.substring(0, colon), pair.substring(colon + 1));
    }

    private Optional<Asker> authenticate(String user, String password) {
        return passwords.authenticate(user, password).map(row -> new Asker(row.user(), row.groups()));
    }
}
