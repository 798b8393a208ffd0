package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The certificates say what K3s' say, and the JDK believes them.
class CertificateAuthorityTest {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private static final int KEY_CERT_SIGN = 5;
    private static final int CRL_SIGN = 6;
    private final SecureRandom random = new SecureRandom();
    private final CertificateAuthority authority = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), NOW,
            random);

    @Test
    void isNamedAfterItsPurposeAndItsBirth() {
        X509Certificate certificate = authority.certificate();
        assertThat(certificate.getSubjectX500Principal().getName())
                .isEqualTo("CN=k3s-client-ca@" + NOW.getEpochSecond());
        assertThat(certificate.getIssuerX500Principal()).isEqualTo(certificate.getSubjectX500Principal());
        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(NOW);
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(3650)));
        assertThat(certificate.getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
        assertThat(certificate.getKeyUsage()[KEY_CERT_SIGN]).isTrue();
        assertThat(certificate.getKeyUsage()[CRL_SIGN]).isFalse();
        assertThat(certificate.getVersion()).isEqualTo(3);
    }

    @Test
    void signsClientsWithTheirGroups() throws Exception {
        KeyPair key = Keys.elliptic();
        X509Certificate leaf = authority.sign(Profile.client("system:admin", "system:masters"), key.getPublic(), NOW,
                random);
        assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=system:admin,O=system:masters");
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getSubjectAlternativeNames()).isNull();
        assertThat(leaf.getNotBefore()).isEqualTo(authority.certificate().getNotBefore());
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(365)));
        assertThat(leaf.getSerialNumber().signum()).isPositive();
        verify(leaf);
    }

    @Test
    void signsServersWithTheirNames() throws Exception {
        Profile profile = Profile.server("kube-apiserver",
                List.of("kubernetes", "kubernetes.default.svc.cluster.local"),
                List.of(InetAddress.getByName("10.43.0.1"), InetAddress.getByName("::1")));
        X509Certificate leaf = authority.sign(profile, Keys.elliptic().getPublic(), NOW, random);
        assertThat(leaf.getSubjectAlternativeNames()).extracting(name -> (Object) name.get(1)).containsExactly(
                "kubernetes",
                "kubernetes.default.svc.cluster.local", "10.43.0.1", "0:0:0:0:0:0:0:1");
        assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        verify(leaf);
    }

    /// Those of operators may have no identifier that a leaf could name.
    @Test
    void knowsItsLeavesFromThoseOfAnotherOfItsName() {
        CertificateAuthority other = CertificateAuthority.selfSigned("k3s-client", Keys.elliptic(), NOW, random);
        X509Certificate leaf = authority.sign(Profile.client("x"), Keys.elliptic().getPublic(), NOW, random);
        assertThat(authority.issued(leaf)).isTrue();
        assertThat(other.issued(leaf)).isFalse();
        KeyPair key = Keys.elliptic();
        X509Certificate bare = authority.sign(Profile.client("bare"), key.getPublic(), NOW, random);
        // a leaf as authority: it has no identifier
        CertificateAuthority operators = new CertificateAuthority(List.of(bare), key.getPrivate());
        X509Certificate unnamed = operators.sign(Profile.client("x"), Keys.elliptic().getPublic(), NOW, random);
        assertThat(unnamed.getExtensionValue("2.5.29.35")).isNull();
        assertThat(operators.issued(unnamed)).isTrue();
        assertThat(operators.issued(leaf)).isFalse();
    }

    @Test
    void signsWithAnRsaAuthorityToo() throws Exception {
        CertificateAuthority rsa = CertificateAuthority.selfSigned("custom", Keys.rsa(), NOW, random);
        X509Certificate leaf = rsa.sign(Profile.client("x"), Keys.elliptic().getPublic(), NOW, random);
        leaf.verify(rsa.certificate().getPublicKey());
        assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withRSA");
    }

    @Test
    void writesYearsBeyond2049() {
        Profile longLived = Profile.client("x").withValidity(Duration.ofDays(365 * 30));
        X509Certificate leaf = authority.sign(longLived, Keys.elliptic().getPublic(), NOW, random);
        assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(365 * 30)));
    }

    private void verify(X509Certificate leaf) throws Exception {
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
        parameters.setRevocationEnabled(false);
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
    }
}
