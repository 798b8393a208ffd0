package io.k3j.edge;

import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// The responses of the edge itself, as `metav1.Status` objects, whose message kubectl prints.
final class StatusAnswer {
    /// Clients keep answers that do not forbid it: kubectl would be told that a server starts when it has long been
    /// ready. As all answers of an API server.
    private static final Map<String, String> HEADERS = Map.of("content-type", "application/json", "cache-control",
            "no-cache, private");
    private static final Map<String, String> LATER = Map.of("content-type", "application/json", "cache-control",
            "no-cache, private", "retry-after", "1");

    private StatusAnswer() {
    }

    /// 503: no endpoint serves this path at the moment.
    static void unavailable(Exchange exchange, String message) throws IOException {
        byte[] body = json(503, "ServiceUnavailable", message);
        exchange.respond(503, LATER, body);
    }

    /// 500: an endpoint failed.
    static void internalError(Exchange exchange, String message) throws IOException {
        send(exchange, 500, "InternalError", message);
    }

    /// Any other status.
    static void send(Exchange exchange, int code, String reason, String message) throws IOException {
        exchange.respond(code, HEADERS, json(code, reason, message));
    }

    /// The `Status` object as JSON.
    static byte[] json(int code, String reason, String message) {
        String text = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\""
                + escaped(message) + "\",\"reason\":\"" + reason + "\",\"code\":" + code + "}\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else {
                out.append(c < ' ' ? ' ' : c);
            }
        }
        return out.toString();
    }
}
