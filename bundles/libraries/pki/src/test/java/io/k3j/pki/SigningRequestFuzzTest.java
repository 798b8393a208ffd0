package io.k3j.pki;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A request of a node or a user is read, and its signature checked, or it is refused; in PEM and without it.
public class SigningRequestFuzzTest {
    /// A build makes fewer of these, which cost more than others.
    private static final int FEWER = 300;

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> SigningRequest.parse(Fuzzing.text(input)), IllegalArgumentException.class);
        Fuzzing.parse(() -> SigningRequest.parse(Pem.encode("CERTIFICATE REQUEST", input)),
                IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        byte[] der = Base64.getMimeDecoder().decode(PemSeeds.REQUEST.lines().filter(line -> !line.startsWith("-----"))
                .reduce("", String::concat));
        Fuzzing.run(SigningRequestFuzzTest::fuzzerTestOneInput,
                List.of(der, Fuzzing.texts(PemSeeds.REQUEST).getFirst()), FEWER);
    }
}
