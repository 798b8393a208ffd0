package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// K3s' supervisor API: what agents and servers ask before, and beside, the Kubernetes API.
final class SupervisorEndpoint implements Endpoint {
    /// Requests of agents at work at once; more get 429.
    private static final int READING = 20;
    private static final int WRITING = 10;

    private final Askers askers;
    private final Authorities authorities;
    private final CertificateSigning signing;
    private final NodeSecrets core;
    private final Struct configuration;
    private final String address;
    private final Semaphore reading = new Semaphore(READING);
    private final Semaphore writing = new Semaphore(WRITING);

    /// `configuration` is the answer to `/v1-k3s/config`; `address` is `ip:port` of this API server.
    // the six things an answer can come from
    @SuppressWarnings("checkstyle:ParameterNumber")
    SupervisorEndpoint(Askers askers, Authorities authorities, CertificateSigning signing, NodeSecrets core,
            Struct configuration, String address) {
        this.askers = askers;
        this.authorities = authorities;
        this.signing = signing;
        this.core = core;
        this.configuration = configuration;
        this.address = address;
    }

    @Override
    public Set<String> prefixes() {
        return Set.of("/cacerts", "/ping", "/v1-k3s", "/db");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        try {
            switch (exchange.path()) {
                case "/cacerts" -> text(exchange, Pem.encode(authorities.get(Issuer.SERVER).chain()));
                case "/ping" -> text(exchange, "pong");
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
        if (exchange.path().startsWith("/db")) {
            need(asker.server());
            throw new Refusal(400, "etcd datastore disabled");
        }
        if (exchange.path().equals("/v1-k3s/server-bootstrap")) {
            need(asker.server());
            throw new Refusal(400, "etcd disabled");
        }
        need(asker.agent());
        Semaphore seats = exchange.method().equals("GET") ? reading : writing;
        if (!seats.tryAcquire()) {
            throw new Refusal(429, "too many requests, please try again later");
        }
        try {
            agent(exchange, asker);
        } finally {
            seats.release();
        }
    }

    private static void need(boolean allowed) throws Refusal {
        if (!allowed) {
            throw new Refusal(403, "forbidden");
        }
    }

    private void agent(Exchange exchange, Asker asker) throws IOException, Refusal {
        switch (exchange.path()) {
            case "/v1-k3s/readyz" -> {
                if (!core.reachable()) {
                    throw new Refusal(503, "runtime core not ready");
                }
                text(exchange, "ok");
            }
            case "/v1-k3s/config" -> json(exchange, configuration);
            case "/v1-k3s/apiservers" -> json(exchange, Seq.of(address));
            case "/v1-k3s/client-ca.crt" -> text(exchange, pem(Issuer.CLIENT));
            case "/v1-k3s/server-ca.crt" -> text(exchange, pem(Issuer.SERVER));
            case "/v1-k3s/serving-kubelet.crt", "/v1-k3s/client-kubelet.crt", "/v1-k3s/client-kube-proxy.crt",
                    "/v1-k3s/client-k3s-controller.crt" ->
                text(exchange, signing.sign(exchange, asker));
            default -> throw new Refusal(404, "the server could not find the requested resource");
        }
    }

    private String pem(Issuer issuer) {
        CertificateAuthority authority = authorities.get(issuer);
        return Pem.encode(authority.chain());
    }

    private static void text(Exchange exchange, String text) throws IOException {
        exchange.respond(200, Map.of("content-type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
    }

    private static void json(Exchange exchange, Object value) throws IOException {
        exchange.respond(200, Map.of("content-type", "application/json"), Json.bytes(value),
                "\n".getBytes(StandardCharsets.UTF_8));
    }
}
