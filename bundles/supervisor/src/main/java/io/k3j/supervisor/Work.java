package io.k3j.supervisor;

import io.k3j.datastoreapi.Datastore;
import java.util.function.Supplier;

/// What a server with credentials has to change and to follow.
///
/// @param identity what it shows on its port
/// @param next what it follows for its next start
record Work(Credentials credentials, ServerIdentity identity, Renewal renewal, EncryptionRequests encryption,
        TokenRotation token, NextAuthorities next) {
    /// The password of the server token, as it is now.
    Supplier<String> password() {
        return password(credentials);
    }

    /// The password of the server token, as it is now.
    static Supplier<String> password(Credentials credentials) {
        return () -> credentials.passwords().row("server").orElseThrow().password();
    }

    /// Follows the bootstrap record: see [RecordWatch.Look].
    boolean look(Datastore store, boolean changed) {
        // the record of a new token is read with it
        boolean followed = token.step(store, changed);
        followed &= !store.shared() || next.step(store, changed);
        return encryption.keeper().step(store, changed) && followed;
    }
}
