package io.k3j.supervisor;

import io.k3j.clusteragreement.NextAuthorities;
import io.k3j.datastoreapi.Datastore;
import io.k3j.secretsencryption.EncryptionRequests;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.Renewal;
import io.k3j.servercredentials.ServerIdentity;
import java.util.function.Supplier;

/// What a server with credentials can change, and what it follows.
///
/// @param identity the certificate of its listener
/// @param next the authorities it adopts at its next start
record Work(Credentials credentials, ServerIdentity identity, Renewal renewal, EncryptionRequests encryption,
        TokenRotation token, NextAuthorities next) {
    /// Supplies the current password of the server token.
    Supplier<String> password() {
        return password(credentials);
    }

    /// Supplies the current password of the server token.
    static Supplier<String> password(Credentials credentials) {
        return () -> credentials.passwords().row("server").orElseThrow().password();
    }

    /// Follows the bootstrap record; see [RecordWatch.Observer].
    boolean follow(Datastore store, boolean changed) {
        // the token comes first: the record is sealed with it
        boolean followed = token.step(store, changed);
        followed &= !store.shared() || next.step(store, changed);
        return encryption.keeper().step(store, changed) && followed;
    }
}
