package io.k3j.apimachinery;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A quantity is read or refused, and its canonical text is the same amount.
public class QuantityFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Quantity read = Quantity.parse(Fuzzing.text(input));
            read.value();
            read.milliValue();
            Fuzzing.parse(() -> {
                Quantity again = Quantity.parse(read.toString());
                assertThat(again).isEqualTo(read);
                // 62.5Ki is 64000, as upstream has it, which alone would be 64k
                assertThat(Quantity.parse(again.toString())).hasToString(again.toString());
            });
        }, IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(QuantityFuzzTest::fuzzerTestOneInput, Fuzzing.texts("100m", "1.5Gi", "12e6", "-0.1Ki", "8Ei", "+3.",
                "1E", "1E-3", "62.5Ki", "0.0000000001",
                "999999999999999999999999999999999999999999999999999999999999e64",
                "99999999999999999999999999999999999999999999999999.1Ei"));
    }
}
