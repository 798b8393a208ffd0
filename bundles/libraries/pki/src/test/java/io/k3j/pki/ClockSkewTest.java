package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/// A certificate refused for its time is told from one refused for its signer.
class ClockSkewTest {
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");

    private static SSLHandshakeException refused(Instant by) throws Exception {
        CertificateAuthority authority = CertificateAuthority.selfSigned("ca", Keys.elliptic(), NOW,
                new SecureRandom());
        X509Certificate leaf = authority.sign(Profile.client("x", "y"), Keys.elliptic().getPublic(), NOW,
                new SecureRandom());
        SSLHandshakeException failure = new SSLHandshakeException("PKIX path validation failed");
        try {
            leaf.checkValidity(Date.from(by));
        } catch (CertificateException outOfTime) {
            failure.initCause(new CertPathValidatorException(outOfTime));
        }
        return failure;
    }

    @Test
    void saysWhatTheClockSaysAndHowToSetIt() throws Exception {
        Instant early = Instant.parse("1999-01-01T00:00:00Z");
        assertThat(ClockSkew.told(refused(early), early).orElseThrow())
                .contains("1999-01-01T00:00:00Z", "not valid yet", "2026", "set the clock");
        Instant late = Instant.parse("2199-01-01T00:00:00Z");
        assertThat(ClockSkew.told(refused(late), late).orElseThrow()).contains("2199", "out of date", "set the clock");
        assertThat(ClockSkew.told(refused(NOW), NOW)).isEmpty();
    }
}
