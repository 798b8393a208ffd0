package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/// K3s' supervisor API: what agents and servers ask before, and beside, the Kubernetes API.
final class SupervisorEndpoint implements Endpoint {
    private static final String ROOT = "/v1-k3s/";

    private final Askers askers;
    private final Authorities authorities;
    private final Answerer agents;
    private final Map<String, Answerer> servers;
    private final Answerer tunnels;

    /// `servers` has an answerer for each path below `/v1-k3s/`, and each whole path below `/db`, that only servers may
    /// ask.
    SupervisorEndpoint(Askers askers, Authorities authorities, Answerer agents, Map<String, Answerer> servers,
            Answerer tunnels) {
        this.askers = askers;
        this.authorities = authorities;
        this.agents = agents;
        this.servers = Map.copyOf(servers);
        this.tunnels = tunnels;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of("/cacerts", "/ping", "/v1-k3s", "/db");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        try {
            switch (exchange.path()) {
                case "/cacerts" -> Reply.text(exchange, Pem.encode(authorities.get(Issuer.SERVER).chain()));
                case "/ping" -> Reply.text(exchange, "pong");
                default -> authenticated(exchange);
            }
        } catch (Refusal no) {
            Struct status = Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status",
                    "Failure",
                    "message", no.getMessage(), "reason", no.reason(), "code", no.code());
            Map<String, String> headers = no.code() == 429 || no.code() == 503
                    ? Map.of("content-type", "application/json", "retry-after", "1")
                    : Map.of("content-type", "application/json");
            exchange.respond(no.code(), headers, Json.bytes(status));
        }
    }

    private void authenticated(Exchange exchange) throws IOException, Refusal {
        Asker asker = askers.of(exchange).orElseThrow(() -> new Refusal(401, "not authorized"));
        String path = exchange.path();
        if (path.startsWith("/db")) {
            need(asker.server());
            database(exchange, asker);
            return;
        }
        Answerer server = path.startsWith(ROOT) ? servers.get(path.substring(ROOT.length())) : null;
        if (server != null) {
            need(asker.server());
            server.answer(exchange, asker);
        } else if (path.equals(ROOT + "connect")) {
            need(!asker.node().isEmpty());
            tunnels.answer(exchange, asker);
        } else {
            need(asker.agent());
            agents.answer(exchange, asker);
        }
    }

    /// Only where there is no etcd: one that is here answers itself.
    private void database(Exchange exchange, Asker asker) throws IOException, Refusal {
        Answerer answerer = servers.get(exchange.path());
        if (answerer == null) {
            throw new Refusal(400, "etcd datastore disabled");
        }
        answerer.answer(exchange, asker);
    }

    private static void need(boolean allowed) throws Refusal {
        if (!allowed) {
            throw new Refusal(403, "forbidden");
        }
    }
}
