package io.k3j.dnsmessage;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A file of somebody is records of names that can be sent, or is refused.
public class MasterFileFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> MasterFile.parse(new String(input, StandardCharsets.ISO_8859_1), "example.org")
                .forEach(record -> DomainNames.wire(record.name())), IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(MasterFileFuzzTest::fuzzerTestOneInput, Stream
                .of(MasterFileTest.WHOLE, "$ORIGIN a.\n@ 1h IN CAA 0 issue \"x\"\n", "\\046a TXT \"a\\\"b\" c ; d\n")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1)).toList());
    }
}
