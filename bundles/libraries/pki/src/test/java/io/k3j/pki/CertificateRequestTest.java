package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.junit.jupiter.api.Test;

class CertificateRequestTest {
    @Test
    void aSignatureThatEndsWithinAByteIsMalformed() {
        KeyPair pair = Keys.elliptic();
        CertificationRequest good = Asn1.read(CertificateRequest.create("node", pair),
                CertificationRequest::getInstance);
        byte[] bad = Asn1.der(new CertificationRequest(good.getCertificationRequestInfo(),
                good.getSignatureAlgorithm(), new DERBitString(good.getSignature().getOctets(), 4)));
        assertThatThrownBy(() -> CertificateRequest.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
}
