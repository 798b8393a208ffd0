package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The forms of answers.
final class Reply {
    private Reply() {
    }

    /// Plain text.
    static void text(Exchange exchange, String text) throws IOException {
        exchange.respond(200, Map.of("content-type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
    }

    /// JSON and a new line, as Go writes it.
    static void json(Exchange exchange, Object value) throws IOException {
        exchange.respond(200, Map.of("content-type", "application/json"), Json.bytes(value),
                "\n".getBytes(StandardCharsets.UTF_8));
    }

    /// One line for people, with what it is about as its status.
    static void line(Exchange exchange, int status, String text) throws IOException {
        exchange.respond(status, Map.of("content-type", "text/plain; charset=utf-8", "x-content-type-options",
                "nosniff"), (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
