package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Exchange;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `/v1-k3s/token`: a new server token.
final class TokenRequests implements Answerer {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int MAX_BYTES = 4096;

    private final Supplier<@Nullable Datastore> datastore;
    private final TokenRotation rotation;

    TokenRequests(Supplier<@Nullable Datastore> datastore, TokenRotation rotation) {
        this.datastore = datastore;
        this.rotation = rotation;
    }

    @Override
    public void answer(Exchange exchange, Asker asker) throws IOException, Refusal {
        if (!exchange.method().equals("PUT")) {
            throw new Refusal(405, "method not allowed");
        }
        String wanted = wanted(exchange);
        Datastore store = datastore.get();
        if (store == null) {
            throw new Refusal(503, "the datastore is away");
        }
        try {
            rotation.rotate(store, wanted);
        } catch (DatastoreUnavailable away) {
            throw new Refusal(503, "the datastore is away: " + away.getMessage());
        }
        LOG.log(Level.INFO, "Rotated the server token by=" + asker.user());
        exchange.respond(200, Map.of());
    }

    private static String wanted(Exchange exchange) throws IOException, Refusal {
        try {
            String token = Json.object(exchange.body(MAX_BYTES)).text("newToken");
            return Tokens.password(token);
        } catch (MalformedInput | IllegalArgumentException malformed) {
            throw new Refusal(400, "the new token cannot be used: " + malformed.getMessage());
        }
    }
}
