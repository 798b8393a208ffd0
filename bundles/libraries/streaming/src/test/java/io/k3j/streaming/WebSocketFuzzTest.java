package io.k3j.streaming;

import io.k3j.testkitbase.Fuzzing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What comes on a WebSocket is read message by message, or ends the connection.
public class WebSocketFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            WebSocket socket = new WebSocket(new ByteArrayInputStream(input), OutputStream.nullOutputStream());
            Optional<byte[]> message = socket.receive();
            while (message.isPresent()) {
                message = socket.receive();
            }
        }, IOException.class);
    }

    @Test
    void isReadOrEnds() throws IOException {
        Fuzzing.run(WebSocketFuzzTest::fuzzerTestOneInput, Fuzzing.hex("8284 01020304 60676f68",
                "0283 01020304 69676f 8981 01020304 71 8082 01020304 686d 8880 01020304", "827e0004 61626364",
                "827f0000000000000004 61626364", "897e0080 00"));
    }
}
