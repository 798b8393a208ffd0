package io.k3j.supervisor;

import io.k3j.edgeapi.Exchange;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateRequest;
import io.k3j.pki.Pem;
import io.k3j.servercredentials.Authorities;
import io.k3j.servercredentials.Issuer;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Replies;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/// Serves the supervisor API to agents. Bounds concurrent requests as K3s does; the rest get 429, so that a
/// restart of many agents at once does not exhaust this server. A body is read before its request counts as one, and an
/// answer is sent after it has, so that whoever sends or reads slowly keeps nobody out.
final class AgentRequests implements RequestHandler {
    /// Concurrent requests of each sort; further ones are answered with 429.
    private static final int MAX_READS = 20;
    private static final int MAX_WRITES = 10;

    private final Authorities authorities;
    private final CertificateSigning signing;
    private final ApiServers servers;
    private final Struct configuration;
    private final Semaphore readSeats = new Semaphore(MAX_READS);
    private final Semaphore writeSeats = new Semaphore(MAX_WRITES);

    /// An answer that is known and still to be sent, which blocks while the client reads.
    private interface Reply {
        void send(Exchange exchange) throws IOException;
    }

    /// @param configuration the answer to `/v1-k3s/config`
    AgentRequests(Authorities authorities, CertificateSigning signing, ApiServers servers, Struct configuration) {
        this.authorities = authorities;
        this.signing = signing;
        this.servers = servers;
        this.configuration = configuration;
    }

    @Override
    public void answer(Exchange exchange, Requester requester) throws IOException, Refusal {
        byte[] body = exchange.method().equals("POST") ? exchange.body(CertificateRequest.MAX_BYTES) : new byte[0];
        Semaphore seats = exchange.method().equals("GET") ? readSeats : writeSeats;
        if (!seats.tryAcquire()) {
            throw new Refusal(429, "too many requests, please try again later");
        }
        Reply reply;
        try {
            reply = reply(exchange, requester, body);
        } finally {
            seats.release();
        }
        reply.send(exchange);
    }

    private Reply reply(Exchange exchange, Requester requester, byte[] body) throws IOException, Refusal {
        return switch (exchange.path()) {
            case "/v1-k3s/readyz" -> {
                if (!servers.ready()) {
                    throw new Refusal(503, "runtime core not ready");
                }
                yield text("ok");
            }
            case "/v1-k3s/config" -> json(configuration);
            case "/v1-k3s/apiservers" -> json(Seq.of(servers.all().toArray()));
            case "/v1-k3s/client-ca.crt" -> text(pem(Issuer.CLIENT));
            case "/v1-k3s/server-ca.crt" -> text(pem(Issuer.SERVER));
            case "/v1-k3s/serving-kubelet.crt", "/v1-k3s/client-kubelet.crt", "/v1-k3s/client-kube-proxy.crt",
                    "/v1-k3s/client-k3s-controller.crt" ->
                text(signing.sign(exchange, requester, body));
            default -> throw new Refusal(404, "the server could not find the requested resource");
        };
    }

    private static Reply text(String text) {
        return exchange -> Replies.text(exchange, text);
    }

    private static Reply json(Object value) {
        return exchange -> Replies.json(exchange, value);
    }

    private String pem(Issuer issuer) {
        return Pem.encode(authorities.get(issuer).chain());
    }
}
