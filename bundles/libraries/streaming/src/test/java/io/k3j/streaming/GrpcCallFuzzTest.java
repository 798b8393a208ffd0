package io.k3j.streaming;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The messages of an answer are told one by one, or end the call, however they are cut.
public class GrpcCallFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            GrpcCall call = new GrpcCall(1, 100, System.nanoTime(), 1_000, message -> {
            });
            call.data(input, 0, input.length / 2);
            call.data(input, input.length / 2, input.length - input.length / 2);
            call.headers(Map.of("grpc-status", "5", "grpc-message", Fuzzing.text(input)), true);
        });
    }

    @Test
    void areToldOrEndTheCall() throws IOException {
        Fuzzing.run(GrpcCallFuzzTest::fuzzerTestOneInput,
                Fuzzing.hex("00 00000003 616263 00 00000000", "01 00000001 61", "00 7fffffff 61", "25 32 32 25 78 25"));
    }
}
