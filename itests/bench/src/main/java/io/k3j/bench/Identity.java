package io.k3j.bench;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/// Who the load comes from: a client certificate, and whom it trusts.
record Identity(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities) {
    /// The cluster's administrator, whom no authorizer is asked about.
    static Identity administrator(Path dataDir) throws IOException {
        Path tls = dataDir.resolve("server/tls");
        return new Identity(Pem.keys(Files.readString(tls.resolve("client-admin.key"))).getFirst().secret(),
                certificates(tls.resolve("client-admin.crt")), certificates(tls.resolve("server-ca.crt")));
    }

    /// A user who may do what RBAC says; signed here with the cluster's own authority.
    static Identity user(Path dataDir, String name) throws IOException {
        Path tls = dataDir.resolve("server/tls");
        CertificateAuthority authority = new CertificateAuthority(certificates(tls.resolve("client-ca.crt")),
                Pem.keys(Files.readString(tls.resolve("client-ca.key"))).getFirst().secret());
        KeyPair pair = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.client(name), pair.getPublic(), Instant.now(),
                new SecureRandom());
        return new Identity(pair.getPrivate(), List.of(leaf), certificates(tls.resolve("server-ca.crt")));
    }

    private static List<X509Certificate> certificates(Path file) throws IOException {
        return Pem.certificates(Files.readString(file));
    }
}
