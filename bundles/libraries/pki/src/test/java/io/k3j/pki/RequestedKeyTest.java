package io.k3j.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestedKeyTest {
    private static final byte[] UID = "u1".getBytes(StandardCharsets.UTF_8);
    private final Map<String, KeyPair> pairs = new ConcurrentHashMap<>();

    /// One of that type, the same for all tests: an RSA key takes seconds of a processor.
    private KeyPair pair(String type) {
        return pairs.computeIfAbsent(type, Keys::ofType);
    }

    private static byte[] signature(KeyPair pair, String algorithm, int salt) throws Exception {
        Signature signature = Signature.getInstance(algorithm);
        if (salt > 0) {
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
        }
        signature.initSign(pair.getPrivate());
        signature.update(UID);
        return signature.sign();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA3072", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"})
    void keysOfVolumesAreAskedForByRequestsWithoutASubject(String type) {
        KeyPair pair = pair(type);
        RequestedKey asked = RequestedKey.ofRequest(CertificateRequest.stub(pair));
        assertThat(asked.key()).isEqualTo(pair.getPublic());
        assertThat(asked.problem()).isEmpty();
    }

    @Test
    void otherKeysAreNotCertified() throws Exception {
        KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
        small.initialize(2048);
        PublicKey rsa = small.generateKeyPair().getPublic();
        assertThat(RequestedKey.ofPkix(rsa.getEncoded()).problem())
                .contains(new RequestedKey.Unfit("2048-bit modulus", "RSA keys must have modulus size 3072 or 4096"));
        assertThatThrownBy(() -> RequestedKey.ofPkix(UID)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Keys.ofType("RSA2048")).hasMessage("unknown key type \"RSA2048\"");
    }

    @ParameterizedTest
    @CsvSource({"ECDSAP384,SHA256withECDSA,0", "ED25519,Ed25519,0", "RSA3072,RSASSA-PSS,32", "RSA3072,RSASSA-PSS,350"})
    void aKeyProvesItselfBySigningTheUidOfThePod(String type, String algorithm, int salt) throws Exception {
        KeyPair pair = pair(type);
        RequestedKey key = RequestedKey.ofPkix(pair.getPublic().getEncoded());
        byte[] signature = signature(pair, algorithm, salt);
        assertThat(key.signed(UID, signature)).isTrue();
        assertThat(key.signed("u2".getBytes(StandardCharsets.UTF_8), signature)).isFalse();
        assertThat(key.signed(UID, UID)).isFalse();
    }
}
