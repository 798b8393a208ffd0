package io.k3j.streaming;

import io.k3j.testkitbase.Fuzzing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What comes on a WebSocket is read message by message, as bytes, or not kept; or it ends the connection.
public class WebSocketFuzzTest {
    private static final int MOST = 1 << 16;

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            WebSocket socket = socket(input);
            Optional<byte[]> message = socket.receive(MOST);
            while (message.isPresent()) {
                message = socket.receive(MOST);
            }
        }, IOException.class);
        Fuzzing.parse(() -> new MessageBytes(socket(input)).input().transferTo(OutputStream.nullOutputStream()),
                IOException.class);
        Fuzzing.parse(() -> socket(input).awaitClose(), IOException.class);
    }

    private static WebSocket socket(byte[] input) {
        return new WebSocket(new ByteArrayInputStream(input), OutputStream.nullOutputStream());
    }

    @Test
    void isReadOrEnds() throws IOException {
        Fuzzing.run(WebSocketFuzzTest::fuzzerTestOneInput, Fuzzing.hex("8284 01020304 60676f68",
                "0283 01020304 69676f 8981 01020304 71 8082 01020304 686d 8880 01020304", "827e0004 61626364",
                "827f0000000000000004 61626364", "897e0080 00", "827f4000000000000000 61"));
    }
}
