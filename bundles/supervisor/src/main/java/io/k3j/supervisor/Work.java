package io.k3j.supervisor;

import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/// What a server with credentials has to change and to follow.
///
/// @param identity what it shows on its port
record Work(Credentials credentials, ServerIdentity identity, Renewal renewal, EncryptionRequests encryption,
        TokenRotation token) {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");

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
        boolean done = true;
        if (changed && store.shared()) {
            try {
                token.follow(store);
            } catch (DatastoreUnavailable away) {
                LOG.log(Level.DEBUG, "Not now", away);
                done = false;
            } catch (IOException | RuntimeException failed) {
                LOG.log(Level.WARNING, "Cannot follow the server token: " + failed.getMessage());
            }
        }
        return encryption.keeper().step(store, changed) && done;
    }
}
