package io.k3j.imageregistries;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;

/// Answers of a registry to containerd. See "Error Codes" of the OCI distribution specification
/// (<https://github.com/opencontainers/distribution-spec>). Any thread; blocks for the client.
public final class RegistryAnswers {
    private static final int PIECE_BYTES = 64 << 10;
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");

    private RegistryAnswers() {
    }

    /// An error in the form that the specification has for it.
    ///
    /// @param code one of the specification's, as `MANIFEST_UNKNOWN`
    /// @param message for people
    /// @throws IOException when the client has gone
    public static void error(Exchange exchange, int status, String code, String message) throws IOException {
        exchange.respond(status, JSON, body(code, message));
    }

    /// The body of an error.
    static byte[] body(String code, String message) {
        return Json.bytes(Struct.of("errors", Seq.of(Struct.of("code", code, "message", message))));
    }

    /// Passes a body on. One that ends early breaks the answer off, so that its client does not take it for whole.
    ///
    /// @throws IOException when either side has gone
    public static void copy(InputStream from, ResponseStream to) throws IOException {
        boolean whole = false;
        try {
            byte[] piece = new byte[PIECE_BYTES];
            for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
                to.write(Arrays.copyOf(piece, n));
            }
            whole = true;
        } finally {
            if (whole) {
                to.close();
            } else {
                to.abort();
            }
        }
    }
}
