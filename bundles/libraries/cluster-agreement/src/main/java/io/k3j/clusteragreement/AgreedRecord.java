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
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What the servers of a cluster have agreed on, as it lies in the datastore beside the bootstrap record, sealed with
/// the server token like it.
///
/// A value: it does not change. The record is JSON, sealed by [BootstrapSeal]; it lives until a new token has its own,
/// and is written by compare and set on its revision only.
///
/// @param agreement the values
/// @param by the server that wrote them
/// @param at when, ISO 8601
/// @param revision the record's revision in the datastore, 0 when it is not there
public record AgreedRecord(Agreement agreement, String by, String at, long revision) {
    /// K3j's own: stock K3s neither reads nor removes what lies below it.
    private static final String PREFIX = "k3s/server-config/";

    /// The key under a token's password; a new token gets a new record before the old one goes. Pure. The same digits
    /// as those of the bootstrap record, so that the two are found by one token.
    /// @param password of the server token, not empty
    public static String key(String password) {
        String bootstrap = BootstrapSeal.key(password);
        return PREFIX + bootstrap.substring(bootstrap.lastIndexOf('/') + 1);
    }

    /// Reads it; empty when there is none. Blocks for the datastore.
    /// @throws IOException when it was sealed with another token
    /// @throws io.k3j.datastoreapi.DatastoreUnavailable when the datastore does not answer
    public static Optional<AgreedRecord> read(Datastore datastore, String password) throws IOException {
        Optional<Entry> entry = datastore.get(key(password));
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        try {
            Struct json = Json.object(BootstrapSeal.open(password, entry.get().value()));
            return Optional.of(new AgreedRecord(Agreement.of(json.struct("values")), json.text("by"), json.text("at"),
                    entry.get().revision()));
        } catch (IllegalArgumentException | MalformedInput unreadable) {
            throw new IOException("the record of the servers' configuration cannot be read: "
                    + unreadable.getMessage() + "; start with --token and the token this cluster was made with",
                    unreadable);
        }
    }

    /// Writes it over the one it was read from; says whether nobody was faster. Blocks for the datastore.
    /// @param random for salt and nonce of the seal
    /// @return false when the record is at another revision by now: read it again
    /// @throws io.k3j.datastoreapi.DatastoreUnavailable when the datastore does not answer
    public boolean write(Datastore datastore, String password, RandomGenerator random) {
        byte[] sealed = BootstrapSeal.seal(password, Json.bytes(json()), random);
        CommitResult result = datastore.commit(key(password), revision, sealed, Duration.ZERO);
        return result instanceof CommitResult.Committed;
    }

    /// As JSON, for other servers; without the revision. `by`, `at` and `values`; what `/v1-k3s/server-config` answers.
    public Struct json() {
        return Struct.of("by", by, "at", at, "values", agreement.json());
    }

    /// From JSON, as another server shows it.
    static AgreedRecord of(Struct json) {
        return new AgreedRecord(Agreement.of(json.struct("values")), json.text("by"), json.text("at"), 0);
    }
}
