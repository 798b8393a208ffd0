package io.k3j.aggregator;

import io.k3j.apirequests.Params;
import io.k3j.apiserverapi.Caller;
import io.k3j.edgeapi.ByteDuplex;
import io.k3j.edgeapi.Exchange;
import io.k3j.kubeletclient.ResponseHead;
import io.k3j.webhookclient.ServiceEndpoints.Endpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Passes requests on to the servers behind APIServices. What such a server does wrong costs the request that it was
/// asked with: 503 with the reason, or an answer that breaks off. Any thread; blocks as long as both ends like.
final class Forwarding {
    /// How long a server may take until its answer begins; upstream's limit of a request.
    static final Duration ANSWERING = Duration.ofSeconds(60);
    private final BackendDialer backends;
    private final OpenRequests open;
    private final Duration answering;

    /// @param answering how long a server may take until its answer begins
    Forwarding(BackendDialer backends, OpenRequests open, Duration answering) {
        this.backends = backends;
        this.open = open;
        this.answering = answering;
    }

    /// Answers 503 in plain text, as upstream.
    static int refuse(Exchange exchange, String why) throws IOException {
        return plain(exchange, 503, why);
    }

    private static int plain(Exchange exchange, int status, String text) throws IOException {
        exchange.respond(status, Map.of("content-type", "text/plain; charset=utf-8", "x-content-type-options",
                "nosniff"), (text + "\n").getBytes(StandardCharsets.UTF_8));
        return status;
    }

    /// Serves a request.
    /// @return the status that was answered
    /// @throws io.k3j.clientapi.ApiFault 400, 429 before anything was answered
    int serve(ApiService to, Caller caller, Exchange exchange) throws IOException {
        // as it was read when the request was authorized: another server may read the text that came otherwise
        String query = Params.parse(exchange.query()).encoded();
        ForwardedHead head = new ForwardedHead(exchange.method(),
                exchange.path() + (query.isEmpty() ? "" : "?" + query), BackendDialer.host(to)).client(exchange)
                .user(caller);
        try (OpenRequests.Place place = open.begin(caller.user(), to.name());
                BackendConnections connections = new BackendConnections(answering)) {
            List<Endpoint> some;
            try {
                some = backends.endpoints().of(to);
            } catch (IOException nowhere) {
                return refuse(exchange, "service unavailable");
            }
            exchange.onEnd(connections::cut);
            ByteDuplex back;
            try {
                back = backends.open(to, some, connections);
            } catch (IOException e) {
                return unreachable(exchange, e);
            }
            return pass(new ForwardedRequest(exchange, back), head, exchange, connections, place);
        }
    }

    private static int unreachable(Exchange exchange, IOException why) throws IOException {
        return refuse(exchange, "error trying to reach service: " + why.getMessage());
    }

    private static int pass(ForwardedRequest passed, ForwardedHead head, Exchange exchange,
            BackendConnections connections, OpenRequests.Place place) throws IOException {
        try (ForwardedRequest request = passed) {
            ResponseHead answer;
            try {
                answer = answered(request, head, connections);
            } catch (IOException e) {
                connections.cut();
                Optional<IOException> unread = request.unread();
                if (unread.isPresent()) {
                    throw unread.get();
                }
                return unreachable(exchange, e);
            }
            place.answered();
            if (answer.status() / 100 == 3 && answer.headers().containsKey("location")) {
                connections.cut();
                return plain(exchange, 502,
                        "the backend attempted to redirect this request, which is not permitted");
            }
            request.answer(answer);
            return answer.status();
        }
    }

    private static ResponseHead answered(ForwardedRequest request, ForwardedHead head, BackendConnections connections)
            throws IOException {
        try {
            request.send(head);
            ResponseHead answer = request.head();
            connections.answered();
            return answer;
        } catch (IOException e) {
            throw connections.told(e);
        }
    }
}
