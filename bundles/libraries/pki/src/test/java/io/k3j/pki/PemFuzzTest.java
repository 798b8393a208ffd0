package io.k3j.pki;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Certificates and keys of operators and of objects are read or refused.
public class PemFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        Fuzzing.parse(() -> Pem.certificates(text), IllegalArgumentException.class);
        Fuzzing.parse(() -> Pem.keys(text), IllegalArgumentException.class);
        Fuzzing.parse(() -> Pem.publicKeys(text), IllegalArgumentException.class);
        Fuzzing.parse(() -> PemBlocks.of(text).forEach(PemBlocks.Block::certificate));
        Fuzzing.parse(() -> PemBlocks.of(text).forEach(PemBlocks.Block::certificates));
    }

    @Test
    void isReadOrRefused() throws IOException {
        String certificate = PemSeeds.CERTIFICATE;
        Fuzzing.run(PemFuzzTest::fuzzerTestOneInput, Fuzzing.texts(certificate, "text\n" + certificate + certificate,
                certificate.replace("-----\nMII", "-----\na: b\n\nMII"),
                certificate.replace(Pem.CERTIFICATE, Pem.PUBLIC_KEY),
                certificate.replace(Pem.CERTIFICATE, Pem.EC_PRIVATE_KEY),
                certificate.replace(Pem.CERTIFICATE, Pem.RSA_PRIVATE_KEY),
                certificate.replace(Pem.CERTIFICATE, Pem.PRIVATE_KEY)), FEWER);
    }

    /// A build makes fewer of these, which cost more than others.
    private static final int FEWER = 500;
}
