package io.k3j.imageregistries;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a registry says that it wants to see is understood or is not.
public class ChallengeFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> Challenge.of(List.of(Fuzzing.text(input))));
    }

    @Test
    void isUnderstoodOrNot() throws IOException {
        Fuzzing.run(ChallengeFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "Bearer realm=\"https://auth.example/token\",service=\"a\",scope=\"repository:b:pull\"",
                "Basic realm=\"a \\\" b\"", "basic", "Bearer realm=x, error=invalid_token"));
    }
}
