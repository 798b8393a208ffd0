package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.pki.SigningRequest.NameType;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

class SigningPolicyTest {
    private static final Instant NOW = Instant.parse("2026-07-01T00:00:00Z");
    private static final RandomGenerator RANDOM = RandomGenerator.of("L64X128MixRandom");
    private static final CertificateAuthority AUTHORITY = CertificateAuthority.selfSigned("k3s-client",
            Keys.elliptic(), NOW.minus(Duration.ofDays(1)), RANDOM);
    private static final String ED448 = """
            -----BEGIN CERTIFICATE REQUEST-----
            MIHWMFgCAQAwDDEKMAgGA1UEAwwBYTBDMAUGAytlcQM6AFHdLO7FHwoy+Pb1D8Xr
            7idHEd4Xsi/SMTFk6KIWhrmnbtyBd4VV/N0O8vi39iKD8s14D2FDHISZgKAAMAUG
            AytlcQNzAJs66nnva2w3m/54wp4IeinCkLbqKpNDYUiQeRzpBkyv4nv1KRNAcVjL
            BaCHJAqK33jNFn0fzfV6gJHRpFy1+zZhWRdpMU97fTbqp90l0zJPFp0wSFfpoUHh
            HwQg3dw/qT1RYbGSmca52XsLzpWT1j06AA==
            -----END CERTIFICATE REQUEST-----
            """;

    static String request(String subject, GeneralName... names) throws Exception {
        KeyPair pair = Keys.elliptic();
        PKCS10CertificationRequestBuilder builder = new PKCS10CertificationRequestBuilder(new X500Name(subject),
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(new ASN1ObjectIdentifier("1.2.3.4"), true, new byte[] {5, 0});
        if (names.length > 0) {
            extensions.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        builder.addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate());
        return Pem.encode("CERTIFICATE REQUEST", builder.build(new KeySigner(pair.getPrivate())).getEncoded());
    }

    private static X509Certificate signed(String pem, Duration validity, String... usages) {
        return new SigningPolicy(List.of(usages), validity).sign(AUTHORITY, SigningRequest.parse(pem), NOW, RANDOM);
    }

    @Test
    void aCertificateHasTheSubjectAndNamesThatWereAskedForAndNoOtherExtension() throws Exception {
        X509Certificate made = signed(request("O=system:nodes,CN=system:node:a",
                new GeneralName(GeneralName.dNSName, "a.example.com"),
                new GeneralName(GeneralName.iPAddress, "10.0.0.1"),
                new GeneralName(GeneralName.registeredID, "1.2.3")), Duration.ofDays(365), "digital signature",
                "server auth");
        assertThat(SubjectNames.of(made.getSubjectX500Principal()))
                .isEqualTo(new SubjectNames("system:node:a", List.of("system:nodes")));
        assertThat(made.getSubjectAlternativeNames()).extracting(n -> String.valueOf(n.get(1))).containsExactly(
                "a.example.com",
                "10.0.0.1");
        assertThat(made.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(made.getKeyUsage()).startsWith(true, false, false);
        assertThat(made.getBasicConstraints()).isEqualTo(-1);
        assertThat(made.getExtensionValue("1.2.3.4")).isNull();
        made.verify(AUTHORITY.certificate().getPublicKey());
    }

    @Test
    void theValidityBeginsFiveMinutesAgoAndShortOnesLoseNothingByThat() throws Exception {
        X509Certificate year = signed(request("CN=a"), Duration.ofDays(365), "client auth");
        assertThat(year.getNotBefore().toInstant()).isEqualTo(NOW.minusSeconds(300));
        assertThat(year.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(365)).minusSeconds(300));
        assertThat(signed(request("CN=a"), Duration.ofHours(1), "client auth").getNotAfter().toInstant())
                .isEqualTo(NOW.plus(Duration.ofHours(1)));
    }

    @Test
    void noCertificateOutlivesItsAuthority() throws Exception {
        assertThat(signed(request("CN=a"), Duration.ofDays(10_000), "client auth").getNotAfter())
                .isEqualTo(AUTHORITY.certificate().getNotAfter());
    }

    private static String requestOf(String algorithm) throws Exception {
        return Pem.encode("CERTIFICATE REQUEST",
                CertificateRequest.create("a", KeyPairGenerator.getInstance(algorithm).generateKeyPair()));
    }

    @Test
    void aKeyOfEd25519IsCertified() throws Exception {
        X509Certificate made = signed(requestOf("Ed25519"), Duration.ofDays(1), "digital signature", "client auth");
        assertThat(made.getPublicKey().getAlgorithm()).isEqualTo("EdDSA");
        made.verify(AUTHORITY.certificate().getPublicKey());
    }

    @Test
    void anAuthorityMayHaveAKeyOfEd25519() throws Exception {
        CertificateAuthority edwards = CertificateAuthority.selfSigned("a",
                KeyPairGenerator.getInstance("Ed25519").generateKeyPair(), NOW, RANDOM);
        edwards.certificate().verify(edwards.certificate().getPublicKey());
    }

    @Test
    void aSignatureByAnotherKeyIsRefused() throws Exception {
        byte[] der = CertificateRequest.create("a", KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
        der[der.length - 1] ^= 1;
        assertThatThrownBy(() -> SigningRequest.parse(Pem.encode("CERTIFICATE REQUEST", der)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// A request that openssl has made with a key of Ed448.
    @Test
    void aSignatureThatGoDoesNotKnowIsRefusedInItsWords() {
        assertThatThrownBy(() -> SigningRequest.parse(ED448))
                .hasMessage("x509: cannot verify signature: algorithm unimplemented");
    }

    @Test
    void whatNobodyKnowsIsNotSigned() throws Exception {
        String good = request("CN=a", new GeneralName(GeneralName.rfc822Name, "a@example.com"));
        assertThat(SigningRequest.parse(good).has(NameType.EMAIL)).isTrue();
        assertThat(SigningRequest.parse(good).has(NameType.DNS)).isFalse();
        assertThatThrownBy(() -> signed(good, Duration.ofDays(1), "odd")).hasMessageContaining("unrecognized usage");
        assertThatThrownBy(() -> SigningRequest.parse("junk")).hasMessage("PEM block type must be CERTIFICATE REQUEST");
        assertThatThrownBy(() -> SigningRequest.parse(Pem.encode("CERTIFICATE REQUEST", new byte[] {48, 0})))
                .isInstanceOf(IllegalArgumentException.class);
        String two = request("CN=a,CN=b");
        assertThatThrownBy(() -> SigningRequest.parse(two)).hasMessage("the subject has more than one common name");
    }
}
