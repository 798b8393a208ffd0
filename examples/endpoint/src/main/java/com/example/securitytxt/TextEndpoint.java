package com.example.securitytxt;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/// Shows one text at one path, to everybody. Called by many threads at once; keeps nothing.
final class TextEndpoint implements Endpoint {
    static final String PATH = "/.well-known/security.txt";
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final String TYPE = "content-type";
    private static final String PLAIN = "text/plain; charset=utf-8";
    private final Supplier<String> text;

    /// @param text as it is at the moment; empty when there is none
    TextEndpoint(Supplier<String> text) {
        this.text = text;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of(PATH);
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        String shown = exchange.path().equals(PATH) ? text.get() : "";
        if (!READING.contains(exchange.method())) {
            exchange.respond(HttpURLConnection.HTTP_BAD_METHOD, Map.of("allow", "GET, HEAD", TYPE, PLAIN),
                    bytes("it can only be read\n"));
        } else if (shown.isEmpty()) {
            exchange.respond(HttpURLConnection.HTTP_NOT_FOUND, Map.of(TYPE, PLAIN), bytes("there is no such text\n"));
        } else {
            exchange.respond(HttpURLConnection.HTTP_OK, Map.of(TYPE, PLAIN), bytes(shown));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
