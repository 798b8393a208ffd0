package io.k3j.supervisor;

import io.k3j.clusteragreement.AgreedRecord;
import io.k3j.clusteragreement.Agreement;
import io.k3j.clusteragreement.Parity;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Exchange;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.Replies;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// `/v1-k3s/server-config`: shows and changes the configuration the servers of the cluster agree on. Answers
/// text for operators and JSON for servers that want to join.
final class ConfigRequests implements RequestHandler {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int MAX_BYTES = 64 * 1024;
    private static final int FLAG_WIDTH = 32;

    private final Supplier<@Nullable Datastore> datastore;
    private final Supplier<String> password;
    private final Parity.Mine mine;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// @param password supplies the password of the server token
    /// @param mine this server, with the flags its release knows
    ConfigRequests(Supplier<@Nullable Datastore> datastore, Supplier<String> password, Parity.Mine mine,
            InstantSource clock, RandomGenerator random) {
        this.datastore = datastore;
        this.password = password;
        this.mine = mine;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public void answer(Exchange exchange, Requester requester) throws IOException, Refusal {
        switch (exchange.method()) {
            case "GET" -> show(exchange, record());
            case "PUT" -> change(exchange);
            default -> throw new Refusal(405, "method not allowed");
        }
    }

    private AgreedRecord record() throws Refusal {
        Datastore store = datastore.get();
        try {
            Optional<AgreedRecord> found = store == null ? Optional.empty()
                    : AgreedRecord.read(store, password.get());
            return found.orElseThrow(() -> new Refusal(503, "the servers' configuration is not known yet"));
        } catch (DatastoreUnavailable unavailable) {
            throw new Refusal(503, "the datastore is away: " + unavailable.getMessage());
        } catch (IOException unreadable) {
            throw FailureReason.refusal("the servers' configuration is not known", unreadable);
        }
    }

    private static void show(Exchange exchange, AgreedRecord record) throws IOException {
        if (!exchange.header("accept").orElse("").startsWith("text/plain")) {
            Replies.json(exchange, record.json());
            return;
        }
        StringBuilder text = new StringBuilder("agreed by ").append(record.by()).append(", ").append(record.at())
                .append('\n');
        for (Map.Entry<String, String> one : record.agreement().values().entrySet()) {
            String flag = new Agreement.Difference(one.getKey(), "", "").flag();
            text.append("  ").append(flag).append(" ".repeat(Math.max(2, FLAG_WIDTH - flag.length())))
                    .append(Agreement.shown(one.getKey(), one.getValue())).append('\n');
        }
        Replies.text(exchange, text.toString());
    }

    private void change(Exchange exchange) throws IOException, Refusal {
        AgreedRecord before = record();
        String body = new String(exchange.body(MAX_BYTES), StandardCharsets.UTF_8);
        Agreement wanted = before.agreement();
        for (String line : body.split("\n")) {
            if (!line.isBlank()) {
                wanted = withFlag(wanted, line.strip());
            }
        }
        AgreedRecord after = new AgreedRecord(wanted, mine.name(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(), before.revision());
        StringBuilder text = new StringBuilder();
        for (Agreement.Difference one : wanted.differences(before.agreement())) {
            text.append(one.flag()).append(": ").append(Agreement.shown(one.key(), one.there())).append(" -> ")
                    .append(Agreement.shown(one.key(), one.here())).append('\n');
        }
        if (text.isEmpty()) {
            Replies.text(exchange, "nothing to change\n");
            return;
        }
        Datastore store = datastore.get();
        if (store == null) {
            throw new Refusal(503, "the datastore is away; nothing was changed");
        }
        if (!after.write(store, password.get(), random)) {
            throw new Refusal(409, "the servers' configuration has just been changed by somebody else; look at it"
                    + " again with: k3s server-config get");
        }
        LOG.log(Level.INFO, "Changed the cluster's configuration by request " + text.toString().replace('\n', ' '));
        Replies.text(exchange, text + "set these flags on every server and restart them one after the other; until then"
                + " they show the node condition ConfigurationDrift\n");
    }

    /// A flag that came with this server's release may not be in the record, which servers of the one before have made.
    private Agreement withFlag(Agreement before, String line) throws Refusal {
        int equals = line.indexOf('=');
        String flag = equals < 0 ? line : line.substring(0, equals);
        String key = Agreement.key(flag);
        if (!before.values().containsKey(key) && !mine.agreement().values().containsKey(key)) {
            throw new Refusal(400, flag + " is no flag that servers agree on; they are: k3s server-config get");
        }
        if (new Agreement.Difference(key, "", "").fixed()) {
            throw new Refusal(400, flag + " cannot be changed once a cluster exists");
        }
        String value = equals < 0 ? "true" : line.substring(equals + 1);
        try {
            return before.with(key, Agreement.normal(key, value));
        } catch (IllegalArgumentException malformed) {
            throw new Refusal(400, flag + ": " + malformed.getMessage());
        }
    }
}
