package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateServices;
import io.k3j.servercredentials.Renewal;
import io.k3j.servercredentials.ServerIdentity;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Replies;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// `PUT /v1-k3s/cert/rotate`: renews certificates of the running server. K3s can only do so while it is
/// stopped, so this path has no counterpart upstream. The answer says which were made, `files` below the data
/// directory, which were left to the agent of a node that has joined like any other, `left`, and whether the port has
/// another one, `listener`.
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
        boolean listener = services.contains(CertificateServices.LISTENER) || services.contains("api-server");
        List<Path> made;
        try {
            made = renewal.rotate(services);
            if (listener) {
                server.rotate();
            }
        } catch (IOException failed) {
            throw FailureReason.refusal("the rotation of certificates has failed", failed);
        }
        LOG.log(Level.INFO, "Rotated certificates services=" + String.join(",", services) + " by=" + requester.user());
        Replies.json(exchange, Struct.of("files", names(made), "left", names(renewal.ofAgent(services)), "listener",
                listener));
    }

    private static Seq names(List<Path> files) {
        return Seq.copyOf(files.stream().map(Path::toString).toList());
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
