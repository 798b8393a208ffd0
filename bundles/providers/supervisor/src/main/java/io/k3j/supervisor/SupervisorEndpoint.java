package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.pki.Pem;
import io.k3j.servercredentials.Authorities;
import io.k3j.servercredentials.Issuer;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Replies;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// K3s' supervisor API: the requests of agents and servers before, and beside, the Kubernetes API.
final class SupervisorEndpoint implements Endpoint {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String ROOT = "/v1-k3s/";
    /// Answers of the API that another try may change; any other one to this server's own question is a fault of ours.
    private static final Set<Integer> PASSING = Set.of(409, 429, 502, 503, 504);
    private static final long LOG_INTERVAL_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RequestAuthenticator authenticator;
    private final Authorities authorities;
    private final RequestHandler agents;
    private final Map<String, RequestHandler> servers;
    private final RequestHandler tunnels;
    private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_INTERVAL_NANOS);

    /// @param servers the handlers only servers may call: one for each path below `/v1-k3s/`, and for each
    ///        whole path below `/db`
    SupervisorEndpoint(RequestAuthenticator authenticator, Authorities authorities, RequestHandler agents,
            Map<String, RequestHandler> servers,
            RequestHandler tunnels) {
        this.authenticator = authenticator;
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
                case "/cacerts" -> Replies.text(exchange, Pem.encode(authorities.get(Issuer.SERVER).chain()));
                case "/ping" -> Replies.text(exchange, "pong");
                default -> authenticated(exchange);
            }
        } catch (Refusal refusal) {
            refuse(exchange, refusal);
        } catch (DatastoreUnavailable away) {
            refuse(exchange, later(away.getMessage()
                    + (away.outcomeUnknown() ? "; it may have been done all the same" : "")));
        } catch (ApiFault fault) {
            if (PASSING.contains(fault.code())) {
                refuse(exchange, later(fault.getMessage()));
            } else {
                log(fault);
                refuse(exchange, new Refusal(500, "this server cannot do that: " + fault.getMessage()));
            }
        }
    }

    private static Refusal later(@Nullable String why) {
        return new Refusal(503, "this server cannot do that now, try again: " + why);
    }

    /// Once a minute: agents ask again and again.
    private void log(ApiFault fault) {
        long now = System.nanoTime();
        long before = lastLogged.get();
        if (now - before >= LOG_INTERVAL_NANOS && lastLogged.compareAndSet(before, now)) {
            LOG.log(Level.WARNING, "Request failed, the API refuses what this server asks code={0} error={1}",
                    fault.code(), fault.getMessage());
        }
    }

    private static void refuse(Exchange exchange, Refusal refusal) throws IOException {
        Struct status = Struct.of("kind", "Status", "apiVersion", "v1", "metadata", Struct.EMPTY, "status", "Failure",
                "message", refusal.getMessage(), "reason", refusal.reason(), "code", refusal.code());
        Map<String, String> headers = refusal.code() == 429 || refusal.code() == 503
                ? Map.of("content-type", "application/json", "retry-after", "1")
                : Map.of("content-type", "application/json");
        exchange.respond(refusal.code(), headers, Json.bytes(status));
    }

    private void authenticated(Exchange exchange) throws IOException, Refusal {
        Requester requester = authenticator.authenticate(exchange)
                .orElseThrow(() -> new Refusal(401, "not authorized"));
        String path = exchange.path();
        if (path.startsWith("/db")) {
            require(requester.server());
            database(exchange, requester);
            return;
        }
        RequestHandler server = path.startsWith(ROOT) ? servers.get(path.substring(ROOT.length())) : null;
        if (server != null) {
            require(requester.server());
            server.answer(exchange, requester);
        } else if (path.equals(ROOT + "connect")) {
            require(!requester.node().isEmpty());
            tunnels.answer(exchange, requester);
        } else {
            require(requester.agent());
            agents.answer(exchange, requester);
        }
    }

    /// Answers only on a server without etcd; the member's own endpoint serves these paths elsewhere.
    private void database(Exchange exchange, Requester requester) throws IOException, Refusal {
        RequestHandler handler = servers.get(exchange.path());
        if (handler == null) {
            throw new Refusal(400, "etcd datastore disabled");
        }
        handler.answer(exchange, requester);
    }

    private static void require(boolean allowed) throws Refusal {
        if (!allowed) {
            throw new Refusal(403, "forbidden");
        }
    }
}
