package io.k3j.pki;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A file of tokens is read or refused.
public class CsvRecordsFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> CsvRecords.of(Fuzzing.text(input)), IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(CsvRecordsFuzzTest::fuzzerTestOneInput,
                Fuzzing.texts("token,user,uid,\"a,b\"\n\n\"c\"\"d\",e,f\r\n", "a,,\n", "\"a\nb\",c"));
    }
}
