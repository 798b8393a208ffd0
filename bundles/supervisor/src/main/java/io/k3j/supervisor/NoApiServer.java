package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// Answers whatever is meant for an API server where there is none, in K3s' words.
final class NoApiServer implements Endpoint {
    @Override
    public Set<String> prefixes() {
        return Set.of("/");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        Struct status = Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status", "Failure",
                "message", "apiserver disabled: this server runs without an API server (--disable-apiserver); ask a"
                        + " server with the control plane, or join one with --disable-etcd",
                "reason", "ServiceUnavailable", "code", 503);
        exchange.respond(503, Map.of("content-type", "application/json", "retry-after", "1"), Json.bytes(status));
    }
}
