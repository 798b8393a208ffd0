package io.k3j.apiserverrules;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyPairWarningsTest {
    private static final KeyPair PAIR = Keys.elliptic();
    private static final String CERTIFICATE = Pem.encode(List.of(CertificateAuthority
            .selfSigned("k3s", PAIR, Instant.parse("2026-01-01T00:00:00Z"), new Random(1)).certificate()));
    private static final String KEY = Pem.encode(PAIR);

    @Test
    void aPairThatFitsIsNotWarnedOf() {
        assertThat(KeyPairWarnings.of(CERTIFICATE, KEY)).isEmpty();
    }

    @Test
    void aKeyOfAnotherCertificateIsToldInGosWords() {
        assertThat(KeyPairWarnings.of(CERTIFICATE, Pem.encode(Keys.elliptic())))
                .containsExactly("tls: private key does not match public key");
        assertThat(KeyPairWarnings.of(CERTIFICATE, Pem.encode(Keys.rsa())))
                .containsExactly("tls: private key type does not match public key type");
    }

    @Test
    void whatIsMissingIsToldInGosWords() {
        assertThat(KeyPairWarnings.of("", KEY))
                .containsExactly("tls: failed to find any PEM data in certificate input");
        assertThat(KeyPairWarnings.of(KEY, CERTIFICATE)).containsExactly("tls: failed to find certificate PEM data in"
                + " certificate input, but did find a private key; PEM inputs may have been switched");
        assertThat(KeyPairWarnings.of(CERTIFICATE, "bogus"))
                .containsExactly("tls: failed to find any PEM data in key input");
        assertThat(KeyPairWarnings.of(CERTIFICATE, CERTIFICATE)).containsExactly(
                "tls: found a certificate rather than a key in the PEM for the private key");
        assertThat(KeyPairWarnings.of(CERTIFICATE, Pem.encode("PRIVATE KEY", new byte[] {1})))
                .containsExactly("tls: failed to parse private key");
    }
}
