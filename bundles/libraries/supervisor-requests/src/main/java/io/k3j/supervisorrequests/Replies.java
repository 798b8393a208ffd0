package io.k3j.supervisorrequests;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The forms of answers with status 200. Each ends the exchange and blocks while the client reads.
public final class Replies {
    private Replies() {
    }

    /// Plain text.
    /// @throws IOException when the client has gone
    public static void text(Exchange exchange, String text) throws IOException {
        exchange.respond(200, Map.of("content-type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
    }

    /// JSON and a new line, as Go writes it; `value` is of `model`.
    /// @throws IOException when the client has gone
    public static void json(Exchange exchange, Object value) throws IOException {
        exchange.respond(200, Map.of("content-type", "application/json"), Json.bytes(value),
                "\n".getBytes(StandardCharsets.UTF_8));
    }
}
