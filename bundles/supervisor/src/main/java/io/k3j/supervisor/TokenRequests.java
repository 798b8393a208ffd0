package io.k3j.supervisor;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// `/v1-k3s/token`: a new server token. The records are sealed with it before the files name it, and the old ones go
/// last, so that at every moment either the old or the new token opens everything.
final class TokenRequests implements Answerer {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int MAX_BYTES = 4096;

    private final Supplier<@Nullable Datastore> datastore;
    private final Tokens tokens;
    private final Credentials credentials;
    private final BootstrapFiles files;
    private final RandomGenerator random;

    TokenRequests(Supplier<@Nullable Datastore> datastore, Tokens tokens, Credentials credentials,
            RandomGenerator random) {
        this.datastore = datastore;
        this.tokens = tokens;
        this.credentials = credentials;
        this.files = new BootstrapFiles(credentials.layout());
        this.random = random;
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
            rotate(store, wanted);
        } catch (DatastoreUnavailable away) {
            throw new Refusal(503, "the datastore is away: " + away.getMessage());
        }
        LOG.log(Level.INFO, "Rotated the server token by=" + asker.user());
        exchange.respond(200, java.util.Map.of());
    }

    private static String wanted(Exchange exchange) throws IOException, Refusal {
        try {
            String token = Json.object(exchange.body(MAX_BYTES)).text("newToken");
            return Tokens.password(token);
        } catch (MalformedInput | IllegalArgumentException malformed) {
            throw new Refusal(400, "the new token cannot be used: " + malformed.getMessage());
        }
    }

    private synchronized void rotate(Datastore store, String next) throws IOException {
        String before = credentials.passwords().row("server").orElseThrow().password();
        if (before.equals(next)) {
            return;
        }
        Bootstrap old = new Bootstrap(store, before, random);
        Optional<Struct> record = old.read();
        Optional<AgreedRecord> agreed = AgreedRecord.read(store, before);
        tokens.rotate(credentials.passwords(), next, () -> {
            new Bootstrap(store, next, random).save(files.read(record));
            if (agreed.isPresent()) {
                AgreedRecord same = agreed.get();
                new AgreedRecord(same.agreement(), same.by(), same.at(), 0).write(store, next, random);
            }
        });
        for (String key : new String[] {BootstrapSeal.key(before), AgreedRecord.key(before)}) {
            store.get(key).ifPresent(entry -> store.delete(entry.key(), entry.revision()));
        }
    }
}
