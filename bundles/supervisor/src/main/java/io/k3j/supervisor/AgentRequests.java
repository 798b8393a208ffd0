package io.k3j.supervisor;

import io.k3j.edgeapi.Exchange;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/// What agents ask for, at most so many at once as K3s answers.
final class AgentRequests implements Answerer {
    /// Requests at work at once; more get 429.
    private static final int READING = 20;
    private static final int WRITING = 10;

    private final Authorities authorities;
    private final CertificateSigning signing;
    private final ApiServers servers;
    private final Struct configuration;
    private final Semaphore reading = new Semaphore(READING);
    private final Semaphore writing = new Semaphore(WRITING);

    /// `configuration` is the answer to `/v1-k3s/config`.
    AgentRequests(Authorities authorities, CertificateSigning signing, ApiServers servers, Struct configuration) {
        this.authorities = authorities;
        this.signing = signing;
        this.servers = servers;
        this.configuration = configuration;
    }

    @Override
    public void answer(Exchange exchange, Asker asker) throws IOException, Refusal {
        Semaphore seats = exchange.method().equals("GET") ? reading : writing;
        if (!seats.tryAcquire()) {
            throw new Refusal(429, "too many requests, please try again later");
        }
        try {
            seated(exchange, asker);
        } finally {
            seats.release();
        }
    }

    private void seated(Exchange exchange, Asker asker) throws IOException, Refusal {
        switch (exchange.path()) {
            case "/v1-k3s/readyz" -> {
                if (!servers.ready()) {
                    throw new Refusal(503, "runtime core not ready");
                }
                Reply.text(exchange, "ok");
            }
            case "/v1-k3s/config" -> Reply.json(exchange, configuration);
            case "/v1-k3s/apiservers" -> Reply.json(exchange, Seq.of(servers.all().toArray()));
            case "/v1-k3s/client-ca.crt" -> Reply.text(exchange, pem(Issuer.CLIENT));
            case "/v1-k3s/server-ca.crt" -> Reply.text(exchange, pem(Issuer.SERVER));
            case "/v1-k3s/serving-kubelet.crt", "/v1-k3s/client-kubelet.crt", "/v1-k3s/client-kube-proxy.crt",
                    "/v1-k3s/client-k3s-controller.crt" ->
                Reply.text(exchange, signing.sign(exchange, asker));
            default -> throw new Refusal(404, "the server could not find the requested resource");
        }
    }

    private String pem(Issuer issuer) {
        return Pem.encode(authorities.get(issuer).chain());
    }
}
