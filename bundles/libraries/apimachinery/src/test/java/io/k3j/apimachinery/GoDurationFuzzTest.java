package io.k3j.apimachinery;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A duration is read or refused, by Go's rules and by those of arguments.
public class GoDurationFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        Fuzzing.parse(() -> GoDuration.parse(text), IllegalArgumentException.class);
        Fuzzing.parse(() -> Durations.parse(text), IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(GoDurationFuzzTest::fuzzerTestOneInput,
                Fuzzing.texts("1h30m", "-1.5s", "300ms", "0", "+5us3ns", "2562047h47m16.854775807s", "10µs"));
    }
}
