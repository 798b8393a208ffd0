package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.Test;

class CertificateRequestTest {
    private static final KeyPair RSA = Keys.rsa();
    private static final ASN1ObjectIdentifier SHA_1 = RSASSAPSSparams.DEFAULT_HASH_ALGORITHM.getAlgorithm();

    @Test
    void aSignatureThatEndsWithinAByteIsMalformed() {
        KeyPair pair = Keys.elliptic();
        CertificationRequest good = Asn1.read(CertificateRequest.create("node", pair),
                CertificationRequest::getInstance);
        byte[] bad = Asn1.der(new CertificationRequest(good.getCertificationRequestInfo(),
                good.getSignatureAlgorithm(), new DERBitString(good.getSignature().getOctets(), 4)));
        assertThatThrownBy(() -> CertificateRequest.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }

    /// Names that are lists in lists, thousands of them: what the parser of Bouncy Castle descends into.
    @Test
    void namesThatNestWithoutEndAreMalformed() throws Exception {
        KeyPair pair = Keys.elliptic();
        byte[] nested = new byte[8_000];
        for (int i = 0; i < nested.length; i += 2) {
            nested[i] = 0x30;
            nested[i + 1] = (byte) 0x80;
        }
        Extensions wanted = new Extensions(
                new Extension(Extension.subjectAlternativeName, false, new DEROctetString(nested)));
        SubjectPublicKeyInfo key = Asn1.read(pair.getPublic().getEncoded(), SubjectPublicKeyInfo::getInstance);
        byte[] der = Asn1.der(new PKCS10CertificationRequestBuilder(new X500Name("CN=a"), key)
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wanted)
                .build(new KeySigner(pair.getPrivate())).toASN1Structure());
        assertThatThrownBy(() -> SigningRequest.parse(Pem.encode("CERTIFICATE REQUEST", der)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// What a request says of its padding.
    private record Padding(ASN1ObjectIdentifier hash, ASN1ObjectIdentifier mask, int salt) {
        AlgorithmIdentifier algorithm() {
            AlgorithmIdentifier masked = new AlgorithmIdentifier(mask, DERNull.INSTANCE);
            return new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, new RSASSAPSSparams(
                    new AlgorithmIdentifier(hash, DERNull.INSTANCE),
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, masked), new ASN1Integer(salt),
                    new ASN1Integer(1)));
        }
    }

    /// Signs with SHA-256 and a salt of its length, whatever is said of it.
    private record Signer(AlgorithmIdentifier said, ByteArrayOutputStream content) implements ContentSigner {
        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return said;
        }

        @Override
        public OutputStream getOutputStream() {
            return content;
        }

        @Override
        public byte[] getSignature() {
            try {
                Signature signature = Signature.getInstance("RSASSA-PSS");
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
                signature.initSign(RSA.getPrivate());
                signature.update(content.toByteArray());
                return signature.sign();
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static byte[] request(AlgorithmIdentifier said) {
        return Asn1.der(new PKCS10CertificationRequestBuilder(DistinguishedName.of("jane", List.of()),
                Asn1.read(RSA.getPublic().getEncoded(), SubjectPublicKeyInfo::getInstance))
                .build(new Signer(said, new ByteArrayOutputStream())).toASN1Structure());
    }

    @Test
    void rsaMaySignWithTheProbabilisticPaddingThatGoVerifies() {
        CertificateRequest read = CertificateRequest.parse(request(
                new Padding(NISTObjectIdentifiers.id_sha256, NISTObjectIdentifiers.id_sha256, 32).algorithm()));
        assertThat(read.commonName()).isEqualTo("jane");
        assertThat(read.key()).isEqualTo(RSA.getPublic());
        byte[] forged = request(
                new Padding(NISTObjectIdentifiers.id_sha384, NISTObjectIdentifiers.id_sha384, 48).algorithm());
        assertThatThrownBy(() -> CertificateRequest.parse(forged)).hasMessageContaining("not signed by its own key");
    }

    @Test
    void otherParametersOfThatPaddingAreUnknown() {
        for (Padding one : List.of(
                new Padding(NISTObjectIdentifiers.id_sha256, NISTObjectIdentifiers.id_sha256, 20),
                new Padding(NISTObjectIdentifiers.id_sha256, NISTObjectIdentifiers.id_sha512, 32),
                new Padding(SHA_1, SHA_1, 20))) {
            byte[] request = request(one.algorithm());
            assertThatThrownBy(() -> CertificateRequest.parse(request))
                    .hasMessage("x509: cannot verify signature: algorithm unimplemented");
        }
        for (AlgorithmIdentifier one : List.of(new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, DERNull.INSTANCE))) {
            byte[] request = request(one);
            assertThatThrownBy(() -> CertificateRequest.parse(request))
                    .hasMessage("x509: cannot verify signature: algorithm unimplemented");
        }
    }
}
