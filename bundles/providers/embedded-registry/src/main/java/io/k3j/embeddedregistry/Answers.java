package io.k3j.embeddedregistry;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Exchange;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;

/// Answers of a registry. See "Error Codes" of the OCI distribution specification.
final class Answers {
    private static final int PIECE_BYTES = 64 << 10;
    private static final Map<String, String> JSON = Map.of("content-type", "application/json");

    private Answers() {
    }

    /// An error in the form that the specification has for it.
    static void error(Exchange exchange, int status, String code, String message) throws IOException {
        exchange.respond(status, JSON, Json.bytes(Struct.of("errors",
                Seq.of(Struct.of("code", code, "message", message)))));
    }

    /// An object.
    static void json(Exchange exchange, Struct object) throws IOException {
        exchange.respond(200, JSON, Json.bytes(object));
    }

    /// Passes a body on. One that ends early breaks the answer off, so that its client does not take it for whole.
    static void copy(InputStream from, ResponseStream to) throws IOException {
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
