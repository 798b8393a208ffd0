package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// What agents ask for, at most so many at once as K3s answers.
final class AgentRequests implements Answerer {
    /// Requests at work at once; more get 429.
    private static final int READING = 20;
    private static final int WRITING = 10;

    private final Authorities authorities;
    private final CertificateSigning signing;
    private final NodeSecrets core;
    private final Struct configuration;
    private final String address;
    private final Semaphore reading = new Semaphore(READING);
    private final Semaphore writing = new Semaphore(WRITING);

    /// `configuration` is the answer to `/v1-k3s/config`; `address` is `ip:port` of this API server.
    AgentRequests(Authorities authorities, CertificateSigning signing, NodeSecrets core, Struct configuration,
            String address) {
        this.authorities = authorities;
        this.signing = signing;
        this.core = core;
        this.configuration = configuration;
        this.address = address;
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
                if (!core.reachable()) {
                    throw new Refusal(503, "runtime core not ready");
                }
                Reply.text(exchange, "ok");
            }
            case "/v1-k3s/config" -> Reply.json(exchange, configuration);
            case "/v1-k3s/apiservers" -> Reply.json(exchange, Seq.of(addresses().toArray()));
            case "/v1-k3s/client-ca.crt" -> Reply.text(exchange, pem(Issuer.CLIENT));
            case "/v1-k3s/server-ca.crt" -> Reply.text(exchange, pem(Issuer.SERVER));
            case "/v1-k3s/serving-kubelet.crt", "/v1-k3s/client-kubelet.crt", "/v1-k3s/client-kube-proxy.crt",
                    "/v1-k3s/client-k3s-controller.crt" ->
                Reply.text(exchange, signing.sign(exchange, asker));
            default -> throw new Refusal(404, "the server could not find the requested resource");
        }
    }

    /// Every API server of the cluster, as far as the Service `kubernetes` knows them; this one at least.
    private Set<String> addresses() {
        Set<String> all = new LinkedHashSet<>();
        try {
            core.slice().ifPresent(slice -> {
                for (Struct endpoint : slice.tree().seq("endpoints").structs()) {
                    for (Struct port : slice.tree().seq("ports").structs()) {
                        endpoint.seq("addresses").texts().forEach(ip -> all.add(join(ip, port.whole("port", 0))));
                    }
                }
            });
        } catch (ApiFault notNow) {
            // this one will do
        }
        if (all.isEmpty()) {
            all.add(address);
        }
        return all;
    }

    private static String join(String ip, long port) {
        return ip.indexOf(':') < 0 ? ip + ":" + port : "[" + ip + "]:" + port;
    }

    private String pem(Issuer issuer) {
        return Pem.encode(authorities.get(issuer).chain());
    }
}
