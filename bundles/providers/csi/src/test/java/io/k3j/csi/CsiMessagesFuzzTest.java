package io.k3j.csi;

import io.k3j.protobufwire.MalformedMessage;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// The answer of a CSI driver, or of its registrar, is read or refused.
public class CsiMessagesFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> CsiMessages.plugin(input), MalformedMessage.class);
        Fuzzing.parse(() -> CsiMessages.driverName(input), MalformedMessage.class);
        Fuzzing.parse(() -> CsiMessages.nodeInfo(input), MalformedMessage.class);
        Fuzzing.parse(() -> CsiMessages.capabilities(input), MalformedMessage.class);
        Fuzzing.parse(() -> CsiMessages.usage(input), MalformedMessage.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(CsiMessagesFuzzTest::fuzzerTestOneInput, Fuzzing.hex("0a 03 61 62 63 12 01 64 1a 00 22 02 76 31",
                "0a 01 6e 10 05 1a 08 0a 06 0a 01 7a 12 01 61", "0a 04 0a 02 08 01 0a 04 0a 02 08 05",
                "0a 08 08 05 10 0a 18 05 20 01"));
    }
}
