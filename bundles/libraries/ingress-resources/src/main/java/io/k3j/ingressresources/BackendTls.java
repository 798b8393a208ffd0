package io.k3j.ingressresources;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.ClientTls;
import io.k3j.pki.Pem;
import io.k3j.pki.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/// TLS with the pods of one Service: 1.3 and 1.2, certificates verified as its [BackendTrust] says.
/// Connections made by one are never used for another. Any thread.
public final class BackendTls {
    private final BackendTrust trust;
    private final String version;
    private final SSLContext context;
    private final Optional<SNIHostName> asked;

    private BackendTls(BackendTrust trust, String version, SSLContext context) {
        this.trust = trust;
        this.version = version;
        this.context = context;
        asked = asked(trust.serverName());
    }

    /// For a Service.
    ///
    /// @param secret the one its trust names, if it is there
    /// @throws IllegalArgumentException when it cannot be used; the message says why
    public static BackendTls of(BackendTrust trust, Optional<Obj> secret) {
        SSLContext context;
        if (trust.anybody()) {
            context = Trust.anybody();
        } else if (trust.authorities().isEmpty()) {
            context = publicOnes();
        } else {
            context = ClientTls.trusting(authorities(trust, secret), Optional.empty());
        }
        return new BackendTls(trust, version(secret), context);
    }

    /// What is wrong with the annotations of a Service or with its Secret, so that [#of] makes nothing of them; without
    /// making it.
    static Optional<String> problem(BackendTrust trust, Optional<Obj> secret) {
        try {
            if (trust.authorities().isPresent()) {
                authorities(trust, secret);
            }
            asked(trust.serverName());
            return Optional.empty();
        } catch (IllegalArgumentException unusable) {
            return Optional.of(String.valueOf(unusable.getMessage()));
        }
    }

    private static SSLContext publicOnes() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            return context;
        } catch (GeneralSecurityException missing) {
            throw new IllegalArgumentException("there are no public authorities: " + missing.getMessage(), missing);
        }
    }

    private static List<X509Certificate> authorities(BackendTrust trust, Optional<Obj> secret) {
        String name = trust.authorities().map(Object::toString).orElse("");
        Struct data = secret.orElseThrow(() -> new IllegalArgumentException("Secret " + name
                + " of type kubernetes.io/tls, which the annotation " + BackendTrust.AUTHORITIES
                + " names, does not exist")).tree().struct("data");
        String field = data.text("ca.crt").isEmpty() ? "tls.crt" : "ca.crt";
        String encoded = data.text(field);
        if (encoded.length() > ServedCertificate.MOST_CHARACTERS) {
            throw new IllegalArgumentException(field + " of Secret " + name + " is longer than "
                    + ServedCertificate.MOST_CHARACTERS + " characters");
        }
        try {
            List<X509Certificate> found = Pem.certificates(
                    new String(Base64.getDecoder().decode(encoded), StandardCharsets.US_ASCII));
            if (!found.isEmpty()) {
                return found;
            }
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException(field + " of Secret " + name + " cannot be read", unreadable);
        }
        throw new IllegalArgumentException(field + " of Secret " + name + " has no certificate");
    }

    /// @return empty for an address, which is not asked for by name
    private static Optional<SNIHostName> asked(String name) {
        try {
            if (InetAddress.ofLiteral(name).getAddress().length > 0) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException notAnAddress) {
            // a name, then
        }
        try {
            return Optional.of(new SNIHostName(name));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("the annotation " + BackendTrust.SERVER_NAME
                    + " is neither a DNS name nor an address", malformed);
        }
    }

    private static String version(Optional<Obj> secret) {
        return secret.map(s -> s.uid() + "@" + s.revision()).orElse("");
    }

    /// Whether [#of] would make the same again.
    boolean madeOf(BackendTrust wanted, Optional<Obj> secret) {
        return trust.equals(wanted) && version.equals(version(secret));
    }

    /// For one connection.
    ///
    /// @param protocols that are offered by ALPN, the best first
    public SSLEngine engine(InetSocketAddress address, String... protocols) {
        SSLEngine engine = context.createSSLEngine(trust.serverName(), address.getPort());
        SSLParameters parameters = TlsParameters.of(protocols);
        asked.ifPresent(name -> parameters.setServerNames(List.of(name)));
        if (!trust.anybody()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        engine.setUseClientMode(true);
        engine.setSSLParameters(parameters);
        return engine;
    }
}
