package io.k3j.schema;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A duration of a custom object is read or refused.
public class DurationFormatFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> DurationFormat.parse(Fuzzing.text(input)), IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(DurationFormatFuzzTest::fuzzerTestOneInput,
                Fuzzing.texts("1h30m", "2 weeks 3 days", "5ms", "106751 days", "-1.5s"));
    }
}
