package io.k3j.clusteragreement;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.datastoreapi.CommitResult;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.Entry;
import io.k3j.model.Struct;
import io.k3j.pki.BootstrapSeal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// The cluster's authorities and keys in its datastore, sealed with the server token, so that a server
/// that has only the token and the datastore becomes the same cluster. K3s' record and K3s' lock: an empty value
/// says that a server is making the record. Every call blocks for the datastore.
///
/// The record is one row for each token; it is sealed with the token's password, and its key is made from a hash of it,
/// so a server sees whether there is one without opening it. Any thread. A datastore that is away is a
/// [io.k3j.datastoreapi.DatastoreUnavailable].
public final class BootstrapData {
    private static final String PREFIX = "/bootstrap/";
    /// There are two while a token is rotated, and one otherwise.
    private static final int MOST_RECORDS = 10;

    private final Datastore datastore;
    private final String password;
    private final RandomGenerator random;

    /// `password` is that of the server token, empty when there is none yet. Asks nothing yet.
    /// @param random for salt and nonce of the seal
    public BootstrapData(Datastore datastore, String password, RandomGenerator random) {
        this.datastore = datastore;
        this.password = password;
        this.random = random;
    }

    /// The record's fields, empty when there is none, or only a lock.
    /// @return fields by K3s' names, each as [BootstrapFiles#field] makes it
    /// @throws IOException in K3s' words when there is one made with another token
    public Optional<Struct> read() throws IOException {
        Optional<Entry> ours = entry();
        if (ours.isPresent() && ours.get().value().length > 0) {
            return Optional.of(opened(ours.get()));
        }
        List<Entry> others = datastore.range(PREFIX, "", MOST_RECORDS, 0).entries();
        if (others.stream().anyMatch(other -> other.value().length > 0)) {
            throw new IOException("bootstrap data already found and encrypted with different token;"
                    + " start with --token and the token this cluster was made with");
        }
        return Optional.empty();
    }

    /// @return empty also without a token, by which nothing can be found
    private Optional<Entry> entry() {
        return password.isEmpty() ? Optional.empty() : datastore.get(BootstrapSeal.key(password));
    }

    /// Everybody could open what is sealed with an empty password (CVE-2021-32001).
    /// @throws IllegalStateException for an empty token: nothing may be written with it
    private String key() {
        if (password.isEmpty()) {
            throw new IllegalStateException("an empty token seals no bootstrap data");
        }
        return BootstrapSeal.key(password);
    }

    /// Takes the lock. It does not wait: who gets 0 looks for the record again after a while.
    /// @return its revision; 0 when somebody has it, or the record is there by now
    public long lock() {
        return datastore.commit(key(), 0, new byte[0], Duration.ZERO) instanceof CommitResult.Committed ours
                ? ours.revision() : 0;
    }

    /// Takes the lock away from a server that does not come to an end with it. Only the lock that was seen: of two that
    /// take it away at once one deletes nothing, and a record that has come meanwhile stays.
    public void steal() {
        entry().filter(entry -> entry.value().length == 0)
                .ifPresent(entry -> datastore.delete(entry.key(), entry.revision()));
    }

    /// Makes the record, or brings it up to date; the same fields are not written again. When another server was faster
    /// its record stays, if it opens with this token: it holds the same cluster.
    /// @throws IOException when there is one made with another token
    public void save(Struct fields) throws IOException {
        save(fields, 0);
    }

    /// The same under a lock, which another server may have taken away meanwhile. What was read is not replaced
    /// blindly: the revision seen is the one expected.
    /// @param lock its revision, 0 without one
    /// @return false when it is not this server's any more: then nothing was written
    /// @throws IOException when there is one made with another token
    public boolean save(Struct fields, long lock) throws IOException {
        Optional<Entry> before = entry();
        if (before.isPresent() && before.get().value().length > 0 && opened(before.get()).equals(fields)) {
            return true;
        }
        if (lock > 0 && before.map(Entry::revision).orElse(0L) != lock) {
            return false;
        }
        String key = key();
        byte[] sealed = BootstrapSeal.seal(password, Json.bytes(fields), random);
        CommitResult result = datastore.commit(key, before.map(Entry::revision).orElse(0L),
                sealed, Duration.ZERO);
        if (result instanceof CommitResult.Conflict) {
            read();
            return lock == 0;
        }
        return true;
    }

    /// Changes the record; `change` is asked again when another server was faster, and says nothing to leave it. It
    /// goes on until nobody was faster, or `change` says nothing.
    /// @param change must do nothing else: it may be asked several times
    /// @return whether it was changed
    /// @throws IOException when there is none yet
    public boolean replace(Function<Struct, Optional<Struct>> change) throws IOException {
        while (true) {
            Entry before = entry().filter(record -> record.value().length > 0)
                    .orElseThrow(() -> new IOException("the datastore has no bootstrap record yet; try again"));
            Optional<Struct> after = change.apply(opened(before));
            if (after.isEmpty()) {
                return false;
            }
            byte[] sealed = BootstrapSeal.seal(password, Json.bytes(after.get()), random);
            if (datastore.commit(before.key(), before.revision(), sealed,
                    Duration.ZERO) instanceof CommitResult.Committed) {
                return true;
            }
        }
    }

    /// @throws IOException when it was sealed with another token or is damaged
    private Struct opened(Entry record) throws IOException {
        try {
            return Json.object(BootstrapSeal.open(password, record.value()));
        } catch (IllegalArgumentException | MalformedInput unreadable) {
            throw new IOException(unreadable.getMessage(), unreadable);
        }
    }
}
