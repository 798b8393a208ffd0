package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A continue token, which a client may have made up, is read or refused.
public class ContinueFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Continue again = Continue.parse(Continue.parse(Fuzzing.text(input)).token());
            assertThat(Continue.parse(again.token())).isEqualTo(again);
        }, ApiFault.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(ContinueFuzzTest::fuzzerTestOneInput, Fuzzing.texts(new Continue(7, "default/web").token(),
                new Continue(-1, "\u00fc").token(), "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MX0"));
    }
}
