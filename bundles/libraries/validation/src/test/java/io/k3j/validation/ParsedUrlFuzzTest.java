package io.k3j.validation;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Whatever a text is, it is a URL or is refused.
public class ParsedUrlFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> ParsedUrl.parse(Fuzzing.text(input)), IllegalArgumentException.class);
    }

    @Test
    void isOneOrNone() throws IOException {
        Fuzzing.run(ParsedUrlFuzzTest::fuzzerTestOneInput, Fuzzing.texts("https://u:p@my_host:8443/a/b?c=d#e",
                "https://[fe80::1%25eth0]:8443/%41", "https://%c3%bc/", "///a", "a:b"));
    }
}
