package io.k3j.supervisor;

import io.k3j.clusteragreement.AgreedRecord;
import io.k3j.clusteragreement.BootstrapData;
import io.k3j.clusteragreement.BootstrapFiles;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.pki.BootstrapSeal;
import io.k3j.pki.PemFiles;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.supervisorrequests.Refusal;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Replaces the server token, here and on the other running servers. The records are sealed with the new token
/// before the files name it, and the old records are deleted last ([RecordMove]), so that at every moment either the
/// old or the new token opens everything, also when this server is killed. Other servers learn the new token from the
/// row `k3s/token`, sealed with the key of the client authority: only servers have that key, so the old token alone
/// does not open the row.
final class TokenRotation {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String KEY = "k3s/token";

    private final JoinTokens tokens;
    private final Credentials credentials;
    private final InstantSource clock;
    private final RandomGenerator random;
    private long seenRevision;
    private boolean followed;

    /// @param clock the time of day, for the record
    TokenRotation(JoinTokens tokens, Credentials credentials, InstantSource clock, RandomGenerator random) {
        this.tokens = tokens;
        this.credentials = credentials;
        this.clock = clock;
        this.random = random;
    }

    private String password() {
        return credentials.passwords().row("server").orElseThrow().password();
    }

    /// A password nobody has chosen.
    String random() {
        return JoinTokens.random(random);
    }

    /// Makes `next` the password of the server token; completes a rotation to it that was cut off. One to it that
    /// another server has made meanwhile is adopted, and counts as this one. Blocks on the datastore.
    /// @throws Refusal 409 when another server replaced the token at the same time, or the old records were changed
    ///         after a rotation that was cut off
    synchronized void rotate(Datastore store, String next) throws IOException, Refusal {
        String before = password();
        if (before.equals(next)) {
            complete(store, next);
            return;
        }
        long announced = store.get(KEY).map(Entry::revision).orElse(0L);
        if (store.get(BootstrapSeal.key(before)).isEmpty() && adopted(store, next)) {
            return;
        }
        if (new BootstrapData(store, before, random).read().isEmpty()) {
            throw new Refusal(503, "the datastore has no bootstrap record yet; try again");
        }
        RecordMove move = new RecordMove(store, before, next, random);
        try {
            tokens.rotate(credentials.passwords(), next, passwords -> {
                announce(store, next, announced);
                move.copy(new BootstrapFiles(credentials.layout()), passwords, clock.instant());
            }, random);
        } catch (LostRace other) {
            if (adopted(store, next)) {
                return;
            }
            throw new Refusal(409, "another server has just changed the token; look at its server/token");
        }
        move.finish();
    }

    /// Whether the token another server has announced is `next`, and is this server's now.
    private boolean adopted(Datastore store, String next) throws IOException {
        Optional<Entry> announced = store.get(KEY);
        if (announced.isEmpty() || !unseal(announced.get()).equals(Optional.of(next))) {
            return false;
        }
        follow(store);
        return password().equals(next);
    }

    /// The token is `next` already: a rotation to it may have been cut off before it had deleted the old records. What
    /// nobody has changed since the announcement was copied as it is, and goes; the record of `next` is there.
    private void complete(Datastore store, String next) throws IOException, Refusal {
        Optional<Entry> announced = store.get(KEY);
        if (announced.isEmpty() || !unseal(announced.get()).equals(Optional.of(next))
                || new BootstrapData(store, next, random).read().isEmpty()) {
            return;
        }
        // the records first: where one stays, so does the agreement beside it
        for (String key : List.of(BootstrapSeal.key(next), AgreedRecord.key(next))) {
            for (Entry old : others(store, key)) {
                if (!gone(store, old, announced.get().revision())) {
                    throw new Refusal(409, "this is the server's token already, but records of another one were changed"
                            + " after it had been announced, and stay: change the token of a server that has the other"
                            + " one, or change it once more to a new one");
                }
            }
        }
    }

    /// Other servers that have adopted the token delete the old records, too.
    private static boolean gone(Datastore store, Entry old, long announced) {
        return old.revision() < announced
                && store.delete(old.key(), old.revision()) instanceof CommitResult.Committed
                || store.get(old.key()).isEmpty();
    }

    /// The rows of other tokens beside the one of this key.
    private static List<Entry> others(Datastore store, String key) {
        return store.range(key.substring(0, key.lastIndexOf('/') + 1), "", 0, 0).entries().stream()
                .filter(entry -> !entry.key().equals(key)).toList();
    }

    private static final class LostRace extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// Written first, so that of two concurrent rotations one is refused before it has changed anything.
    private void announce(Datastore store, String next, long announced) throws IOException {
        byte[] sealed = BootstrapSeal.seal(secret(), next.getBytes(StandardCharsets.UTF_8), random);
        if (store.commit(KEY, announced, sealed, Duration.ZERO) instanceof CommitResult.Conflict) {
            throw new LostRace();
        }
    }

    /// Adopts the token another server has announced, or this one before it was killed. Reads the datastore only when
    /// `changed`, or when the last call could not.
    /// @return whether no work is left before the next change
    synchronized boolean step(Datastore store, boolean changed) {
        if (!changed && followed) {
            return true;
        }
        followed = false;
        try {
            follow(store);
            followed = true;
        } catch (DatastoreUnavailable unavailable) {
            LOG.log(Level.DEBUG, "Not now", unavailable);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "Cannot follow the server token, retrying: " + failed.getMessage());
        }
        return followed;
    }

    /// Adopts the announced token. An announcement older than the record that this server's token opens is
    /// passed over: either a server that writes no such row, as K3s, has replaced the token since, or somebody has
    /// changed the record meanwhile, and the announcing server deletes it when it has taken the change along. A record
    /// that is older was copied as it is: the announcing server reads it after it has announced.
    private void follow(Datastore store) throws IOException {
        Optional<Entry> announced = store.get(KEY);
        if (announced.isEmpty() || announced.get().revision() == seenRevision) {
            return;
        }
        String before = password();
        Optional<Entry> record = store.get(BootstrapSeal.key(before));
        if (record.isPresent() && record.get().revision() > announced.get().revision()) {
            return;
        }
        Optional<String> next = unseal(announced.get());
        if (next.isPresent() && !next.get().equals(before)) {
            if (store.get(BootstrapSeal.key(next.get())).isEmpty()) {
                // the other server writes its record next; the next change completes this
                return;
            }
            tokens.rotate(credentials.passwords(), next.get(), passwords -> {
            }, random);
            record.ifPresent(entry -> store.delete(entry.key(), entry.revision()));
            store.get(AgreedRecord.key(before)).filter(entry -> entry.revision() < announced.get().revision())
                    .ifPresent(entry -> store.delete(entry.key(), entry.revision()));
            LOG.log(Level.INFO, "Adopted the new server token; use it for the next start");
        }
        seenRevision = announced.get().revision();
    }

    private Optional<String> unseal(Entry announced) throws IOException {
        try {
            return Optional.of(new String(BootstrapSeal.open(secret(), announced.value()), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException otherKey) {
            LOG.log(Level.WARNING,
                    "The server token was changed by a server with other CA certificates; restart this one"
                            + " with the new token");
            return Optional.empty();
        }
    }

    /// A secret only servers have: the hash of the client authority's private key.
    private String secret() throws IOException {
        String key = PemFiles.read(credentials.layout().tls("client-ca.key"))
                .orElseThrow(() -> new IOException("server/tls/client-ca.key is not there"));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
