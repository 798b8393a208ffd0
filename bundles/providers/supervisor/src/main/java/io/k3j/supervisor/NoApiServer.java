package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// Answers all paths of the Kubernetes API on a server without an API server, in K3s' words. Sends no
/// `Retry-After`: kubectl would retry for 50 seconds before it printed anything.
final class NoApiServer implements Endpoint {
    private static final String WHY = "apiserver disabled: this server runs without an API server"
            + " (--disable-apiserver); ask a server with the control plane; if none runs, start one, or join one with"
            + " k3s server --disable-etcd";
    private static final byte[] STATUS = Json.bytes(Struct.of("kind", "Status", "apiVersion", "v1", "metadata",
            Struct.EMPTY, "status", "Failure", "message", WHY, "reason", "ServiceUnavailable", "code", 503));
    /// On discovery, kubectl replaces the message of a 503 by its own; it always prints warnings.
    private static final Map<String, String> HEADERS = Map.of("content-type", "application/json", "warning",
            "299 - \"" + WHY + "\"");

    @Override
    public Set<String> prefixes() {
        return Set.of("/");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        exchange.respond(503, HEADERS, STATUS);
    }
}
