package io.k3j.embeddedregistry;

import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// Answers 204 to all.
final class TestEndpoint implements Endpoint {
    @Override
    public Set<String> prefixes() {
        return Set.of("/");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        exchange.respond(204, Map.of());
    }
}
