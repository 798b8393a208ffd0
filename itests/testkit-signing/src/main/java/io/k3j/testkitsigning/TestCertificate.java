package io.k3j.testkitsigning;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/// A certificate that a test is about to make. Not thread-safe.
public final class TestCertificate {
    private static final Duration LIFE = Duration.ofDays(3650);
    private final String name;
    private KeyPair keys = TestSigner.freshKey();
    private Instant from = InstantSource.system().instant().minus(Duration.ofDays(1));
    private Instant until = from.plus(LIFE);
    private boolean authority;
    private @Nullable KeyPurposeId purpose;

    /// One for this name, good for ten years, for whatever purpose.
    public TestCertificate(String name) {
        this.name = name;
    }

    /// With this key instead of a fresh one.
    public TestCertificate key(KeyPair other) {
        keys = other;
        return this;
    }

    /// Good for this time only.
    public TestCertificate valid(Instant begin, Instant end) {
        from = begin;
        until = end;
        return this;
    }

    /// It may sign others.
    public TestCertificate authority() {
        authority = true;
        return this;
    }

    /// For servers only.
    public TestCertificate forServers() {
        purpose = KeyPurposeId.id_kp_serverAuth;
        return this;
    }

    /// For signing code only.
    public TestCertificate forCode() {
        purpose = KeyPurposeId.id_kp_codeSigning;
        return this;
    }

    /// For time stamps only.
    public TestCertificate forTimeStamps() {
        purpose = KeyPurposeId.id_kp_timeStamping;
        return this;
    }

    /// Makes it.
    ///
    /// @param issuer who signs it; null for itself
    public TestSigner signedBy(@Nullable TestSigner issuer) {
        try {
            X500Name above = new X500Name("CN=" + (issuer == null ? name
                    : issuer.certificate().getSubjectX500Principal().getName().substring("CN=".length())));
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(above,
                    new BigInteger(64, new java.security.SecureRandom()).add(BigInteger.ONE), Date.from(from),
                    Date.from(until), new X500Name("CN=" + name), keys.getPublic());
            extend(builder);
            KeyPair signing = issuer == null ? keys : issuer.keys();
            X509Certificate made = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm(signing))
                            .build(signing.getPrivate())));
            TestSigner signer = new TestSigner(keys, List.of(made));
            return issuer == null ? signer : signer.under(issuer.chain());
        } catch (OperatorCreationException | GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String algorithm(KeyPair signing) {
        return signing.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    }

    private void extend(JcaX509v3CertificateBuilder builder) throws IOException {
        if (authority) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        }
        if (purpose != null) {
            builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
        }
    }
}
