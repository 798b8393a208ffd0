package io.k3j.supervisor;

import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.pki.AuthorityChange;
import io.k3j.supervisorrequests.Refusal;
import io.k3j.supervisorrequests.RequestHandler;
import io.k3j.supervisorrequests.Requester;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// `PUT /v1-k3s/cert/cacerts` (`k3s certificate rotate-ca`): writes new certificate authorities into the
/// bootstrap record, after K3s' checks. Running servers keep theirs: each adopts the new ones at its next
/// start.
final class AuthorityRequests implements RequestHandler {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final int MAX_BYTES = 1 << 20;
    private static final List<String> AUTHORITIES = List.of("ServerCA", "ClientCA", "RequestHeaderCA", "ETCDServerCA",
            "ETCDPeerCA");
    private static final String KEY = "Key";
    private static final String SERVICE = "ServiceKey";

    private final Supplier<@Nullable Datastore> datastore;
    private final Supplier<String> password;
    private final InstantSource clock;
    private final RandomGenerator random;

    AuthorityRequests(Supplier<@Nullable Datastore> datastore, Supplier<String> password, InstantSource clock,
            RandomGenerator random) {
        this.datastore = datastore;
        this.password = password;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public void answer(Exchange exchange, Requester requester) throws IOException, Refusal {
        if (!exchange.method().equals("PUT")) {
            throw new Refusal(405, "method not allowed");
        }
        Struct wanted;
        try {
            wanted = Json.object(exchange.body(MAX_BYTES));
        } catch (MalformedInput malformed) {
            throw new Refusal(400, String.valueOf(malformed.getMessage()));
        }
        boolean force = List.of(exchange.query().split("&")).contains("force=true");
        Datastore store = datastore.get();
        if (store == null) {
            throw new Refusal(503, "the datastore is away");
        }
        try {
            save(new BootstrapData(store, password.get(), random), wanted, force);
        } catch (DatastoreUnavailable unavailable) {
            throw new Refusal(503, "the datastore is away: " + unavailable.getMessage());
        } catch (IOException failed) {
            throw FailureReason.refusal("the certificates were not saved", failed);
        }
        LOG.log(Level.INFO, "Cluster Certificate Authority data has been updated, k3s must be restarted. by="
                + requester.user());
        exchange.respond(204, Map.of());
    }

    private void save(BootstrapData bootstrap, Struct wanted, boolean force) throws IOException, Refusal {
        Struct before = bootstrap.read()
                .orElseThrow(() -> new Refusal(503, "the datastore has no bootstrap record yet; try again"));
        Struct after = withAuthorities(before, wanted);
        if (after.equals(before)) {
            throw new Refusal(400, "no certificate or key to take over was found; they are expected below tls/ of"
                    + " the path, as server-ca.crt and server-ca.key");
        }
        check(before, after, force);
        if (!bootstrap.replace(now -> now.equals(before) ? Optional.of(after) : Optional.empty())) {
            throw new Refusal(409, "the bootstrap record has just been changed by another server; try again");
        }
    }

    /// The record with the given certificates and keys in place of the old ones.
    private Struct withAuthorities(Struct before, Struct wanted) {
        String timestamp = Instant.ofEpochSecond(clock.instant().getEpochSecond()).toString();
        Struct after = before;
        List<String> fields = new ArrayList<>(List.of(SERVICE));
        for (String authority : AUTHORITIES) {
            fields.addAll(List.of(authority, authority + KEY));
        }
        for (String field : fields) {
            Optional<String> text = BootstrapFiles.content(wanted, field);
            if (text.isPresent() && !text.equals(BootstrapFiles.content(before, field))) {
                after = after.with(field, BootstrapFiles.field(text.get(), timestamp));
            }
        }
        return after;
    }

    private void check(Struct before, Struct after, boolean force) throws Refusal {
        List<String> broken = new ArrayList<>();
        List<String> disruptive = new ArrayList<>();
        for (String authority : AUTHORITIES) {
            if (same(before, after, authority) && same(before, after, authority + KEY)) {
                continue;
            }
            String fresh = text(after, authority);
            Optional<String> unusable = AuthorityChange.unusable(fresh, text(after, authority + KEY));
            unusable.ifPresent(why -> broken.add(authority + KEY + ": " + why));
            if (unusable.isEmpty() && !same(before, after, authority)) {
                AuthorityChange.disruptive(text(before, authority), fresh, clock.instant())
                        .ifPresent(why -> disruptive.add(authority + ": " + why));
            }
        }
        if (!same(before, after, SERVICE)) {
            AuthorityChange.forgotten(text(before, SERVICE), text(after, SERVICE))
                    .ifPresent(why -> disruptive.add(SERVICE + ": " + why));
        }
        refuse(broken, "");
        if (!force) {
            refuse(disruptive, "; --force takes them all the same: pods and nodes then have to be told the new"
                    + " authority");
        } else if (!disruptive.isEmpty()) {
            LOG.log(Level.WARNING, "Save of CA certificates and keys forced, ignoring validation errors: "
                    + String.join("; ", disruptive));
        }
    }

    private static void refuse(List<String> problems, String more) throws Refusal {
        if (!problems.isEmpty()) {
            throw new Refusal(400, "failed to validate new CA certificates and keys: "
                    + String.join("; ", problems) + more);
        }
    }

    private static boolean same(Struct before, Struct after, String field) {
        return text(before, field).equals(text(after, field));
    }

    private static String text(Struct record, String field) {
        return BootstrapFiles.content(record, field).orElse("");
    }
}
