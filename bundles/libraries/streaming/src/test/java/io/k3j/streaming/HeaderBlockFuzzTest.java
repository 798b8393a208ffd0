package io.k3j.streaming;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A header block of a gRPC server is read or ends the connection.
public class HeaderBlockFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> new HeaderBlock().read(1, input), IOException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        List<byte[]> seeds = new ArrayList<>(Fuzzing.hex("88 40 03 61 62 63 01 78", "3f e1 1f 88 be",
                "00 84 b9 58 d3 3f 89 62 51 f7 31 0f 52 e6 21 ff"));
        seeds.add(HeaderBlock.of(":status", "200", "grpc-status", "0", "grpc-message", "x".repeat(200)));
        Fuzzing.run(HeaderBlockFuzzTest::fuzzerTestOneInput, seeds);
    }
}
