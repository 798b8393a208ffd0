package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Exchange;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `PUT /v1-k3s/token` (`k3s token rotate`): replaces the server token.
final class ServerTokenRequests implements RequestHandler {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int MAX_BYTES = 4096;

    private final Supplier<@Nullable Datastore> datastore;
    private final TokenRotation rotation;

    ServerTokenRequests(Supplier<@Nullable Datastore> datastore, TokenRotation rotation) {
        this.datastore = datastore;
        this.rotation = rotation;
    }

    @Override
    public void answer(Exchange exchange, Requester requester) throws IOException, Refusal {
        if (!exchange.method().equals("PUT")) {
            throw new Refusal(405, "method not allowed");
        }
        String newPassword = newPassword(exchange);
        Datastore store = datastore.get();
        if (store == null) {
            throw new Refusal(503, "the datastore is away");
        }
        try {
            rotation.rotate(store, newPassword);
        } catch (DatastoreUnavailable unavailable) {
            throw new Refusal(503, "the datastore is away: " + unavailable.getMessage());
        } catch (IOException failed) {
            throw FailureReason.refusal("the rotation of the server token has failed", failed);
        }
        LOG.log(Level.INFO, "Rotated the server token by=" + requester.user());
        exchange.respond(200, Map.of());
    }

    /// The empty text asks for one that nobody has chosen, as with K3s. Another one has to come out of the files as it
    /// went in, of which `server/token` is read without blanks at its ends.
    private String newPassword(Exchange exchange) throws IOException, Refusal {
        try {
            if (!(Json.object(exchange.body(MAX_BYTES)).get("newToken") instanceof String token)) {
                throw new IllegalArgumentException("newToken must be a text");
            }
            if (token.isEmpty()) {
                return rotation.random();
            }
            String password = JoinTokens.password(token);
            if (!password.equals(password.strip()) || password.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("it must be one line without blanks at its ends");
            }
            return password;
        } catch (MalformedInput | IllegalArgumentException malformed) {
            throw new Refusal(400, "the new token cannot be used: " + malformed.getMessage());
        }
    }
}
