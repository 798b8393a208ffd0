package io.k3j.processprofiles;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Profile;
import io.k3j.testkitedge.FakeExchange;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;

/// Requests of who has shown a client certificate.
final class Certified {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final CertificateAuthority AUTHORITY = CertificateAuthority.selfSigned("k3s-client",
            Keys.elliptic(), Instant.now(), RANDOM);
    private static final X509Certificate ADMINISTRATOR = certificate("system:admin", "system:masters");

    private Certified() {
    }

    static X509Certificate certificate(String user, String... groups) {
        return AUTHORITY.sign(Profile.client(user, groups), Keys.elliptic().getPublic(), Instant.now(), RANDOM);
    }

    static FakeExchange administrator(String method, String path) {
        return new FakeExchange(method, path).certified(ADMINISTRATOR);
    }
}
