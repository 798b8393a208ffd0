package io.k3j.supervisor;

import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Changes the server token, here and on the servers that run beside this one. The records are sealed with the new one
/// before the files name it, and the old ones go last, so that at every moment either the old or the new token opens
/// everything. The others learn it from the row `k3s/token`, sealed with the key of the clients' authority: servers
/// have that, and whoever knows the old token only does not.
final class TokenRotation {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String KEY = "k3s/token";

    private final Tokens tokens;
    private final Credentials credentials;
    private final RandomGenerator random;
    private long seen;
    private boolean followed;

    TokenRotation(Tokens tokens, Credentials credentials, RandomGenerator random) {
        this.tokens = tokens;
        this.credentials = credentials;
        this.random = random;
    }

    private String password() {
        return credentials.passwords().row("server").orElseThrow().password();
    }

    /// Makes `next` the password of the server token.
    /// @throws Refusal 409 when another server has just done so
    synchronized void rotate(Datastore store, String next) throws IOException, Refusal {
        String before = password();
        if (before.equals(next)) {
            return;
        }
        long told = store.get(KEY).map(Entry::revision).orElse(0L);
        Optional<Struct> record = new Bootstrap(store, before, random).read();
        if (record.isEmpty()) {
            throw new Refusal(503, "the datastore has no bootstrap record yet; try again");
        }
        Optional<AgreedRecord> agreed = AgreedRecord.read(store, before);
        try {
            tokens.rotate(credentials.passwords(), next, () -> {
                tell(store, next, told);
                // the bootstrap record says that both are there
                if (agreed.isPresent()) {
                    AgreedRecord same = agreed.get();
                    new AgreedRecord(same.agreement(), same.by(), same.at(), 0).write(store, next, random);
                }
                new Bootstrap(store, next, random).save(new BootstrapFiles(credentials.layout()).read(record));
            }, random);
        } catch (Faster other) {
            throw new Refusal(409, "another server has just changed the token; look at its server/token");
        }
        forget(store, before);
    }

    private static final class Faster extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// Before anything else, so that of two servers one is refused before it has written.
    private void tell(Datastore store, String next, long told) throws IOException {
        byte[] sealed = BootstrapSeal.seal(secret(), next.getBytes(StandardCharsets.UTF_8), random);
        if (store.commit(KEY, told, sealed, Duration.ZERO) instanceof CommitResult.Conflict) {
            throw new Faster();
        }
    }

    /// Looks whether another server has changed the token, when that may be so or could not be seen before; takes it
    /// over then.
    /// @return whether nothing is left to do before the next change
    synchronized boolean step(Datastore store, boolean changed) {
        if (!changed && followed || !store.shared()) {
            return true;
        }
        followed = false;
        try {
            follow(store);
            followed = true;
        } catch (DatastoreUnavailable away) {
            LOG.log(Level.DEBUG, "Not now", away);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "Cannot follow the server token, tried again: " + failed.getMessage());
        }
        return followed;
    }

    /// Takes over what another server has made the token. A row that is older than the record this server's token
    /// opens says nothing: a server that knows no such row has changed the token since.
    private void follow(Datastore store) throws IOException {
        Optional<Entry> told = store.get(KEY);
        if (told.isEmpty() || told.get().revision() == seen) {
            return;
        }
        String before = password();
        Optional<Entry> mine = store.get(BootstrapSeal.key(before));
        Optional<String> next = opened(told.get());
        boolean newer = mine.isEmpty() || mine.get().revision() < told.get().revision();
        if (next.isPresent() && newer && !next.get().equals(before)) {
            if (store.get(BootstrapSeal.key(next.get())).isEmpty()) {
                // its record comes next
                return;
            }
            tokens.rotate(credentials.passwords(), next.get(), () -> {
            }, random);
            forget(store, before);
            LOG.log(Level.INFO, "Took over the new server token; give it with the next start");
        }
        seen = told.get().revision();
    }

    private Optional<String> opened(Entry told) throws IOException {
        try {
            return Optional.of(new String(BootstrapSeal.open(secret(), told.value()), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException others) {
            LOG.log(Level.WARNING, "The server token was changed by a server with other authorities; restart this one"
                    + " with the new token");
            return Optional.empty();
        }
    }

    /// What servers have and nobody else.
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

    private static void forget(Datastore store, String password) {
        for (String key : new String[] {BootstrapSeal.key(password), AgreedRecord.key(password)}) {
            store.get(key).ifPresent(entry -> store.delete(entry.key(), entry.revision()));
        }
    }
}
