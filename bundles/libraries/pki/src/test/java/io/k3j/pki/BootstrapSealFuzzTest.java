package io.k3j.pki;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The record that servers share is opened or refused.
public class BootstrapSealFuzzTest {
    /// A build makes fewer of these: each derives a key.
    private static final int FEWER = 100;

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> BootstrapSeal.open("secret", input), IllegalArgumentException.class);
    }

    @Test
    void isOpenedOrRefused() throws IOException {
        byte[] plain = Fuzzing.texts("{\"ServerCA\":{}}").getFirst();
        Fuzzing.run(BootstrapSealFuzzTest::fuzzerTestOneInput,
                List.of(BootstrapSeal.seal("secret", plain, new Random(7)),
                        BootstrapSeal.seal("another", plain, new Random(8))),
                FEWER);
    }
}
