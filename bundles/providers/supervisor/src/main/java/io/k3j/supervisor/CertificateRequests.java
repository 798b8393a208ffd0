package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.edgeapi.Exchange;
import io.k3j.pki.CertificateServices;
import io.k3j.servercredentials.Renewal;
import io.k3j.servercredentials.ServerIdentity;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `PUT /v1-k3s/cert/rotate`: renews certificates of the running server. K3s can only do so while it is
/// stopped, so this path has no counterpart upstream.
final class CertificateRequests implements RequestHandler {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int MAX_BYTES = 4096;

    private final Renewal renewal;
    private final ServerIdentity server;

    CertificateRequests(Renewal renewal, ServerIdentity server) {
        this.renewal = renewal;
        this.server = server;
    }

    @Override
    public void answer(Exchange exchange, Requester requester) throws IOException, Refusal {
        if (!exchange.method().equals("PUT")) {
            throw new Refusal(405, "method not allowed");
        }
        Set<String> services = services(exchange);
        try {
            renewal.rotate(services);
            if (services.contains(CertificateServices.LISTENER) || services.contains("api-server")) {
                server.rotate();
            }
        } catch (IOException failed) {
            throw FailureReason.refusal("the rotation of certificates has failed", failed);
        }
        LOG.log(Level.INFO, "Rotated certificates services=" + String.join(",", services) + " by=" + requester.user());
        exchange.respond(200, Map.of());
    }

    private static Set<String> services(Exchange exchange) throws IOException, Refusal {
        try {
            List<String> given = Json.object(exchange.body(MAX_BYTES)).seq("services").texts();
            return CertificateServices.named(given);
        } catch (MalformedInput | IllegalArgumentException malformed) {
            throw new Refusal(400, String.valueOf(malformed.getMessage()));
        }
    }
}
