package io.k3j.secretsencryption;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.lang.System.Logger.Level;

/// Writes every Secret once more as it is, so that the datastore has it under the key in use. Tells how far it is by
/// log lines and by K3s' Events. For one run and one thread; [#stop] is for any.
///
/// The API server does the encrypting: a write that changes nothing but the key is stored all the same there. An
/// interrupted run leaves some Secrets under each key, which both can be read.
final class Reencryption {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final Gvr SECRETS = Gvr.of("v1", "secrets");
    private static final int CONFLICT = 409;
    /// Somebody deleted it since the list: no row is left to be written.
    private static final int NOT_FOUND = 404;
    /// As K3s: an Event for so many Secrets.
    private static final int TOLD_EVERY = 50;

    private final ApiClient api;
    private final String node;
    private final EncryptionRequests.Recorder events;
    /// Looked at before each Secret: a write under way is not cut short.
    private volatile boolean stopped;

    Reencryption(ApiClient api, String node, EncryptionRequests.Recorder events) {
        this.api = api;
        this.node = node;
        this.events = events;
    }

    /// Ends it before the next Secret.
    void stop() {
        stopped = true;
    }

    /// All of them, one by one; blocks for as long as that takes. They are listed at once, as they are few and small.
    /// @return how many there were
    /// @throws ApiFault when one could not be written, after an Event that says so, or it was stopped; the rest stays
    ///     as it was
    int run() {
        int done = 0;
        for (Obj secret : api.list(SECRETS, Query.ALL).items()) {
            if (stopped) {
                throw ApiFault.unavailable("this component stops");
            }
            try {
                api.update(SECRETS, secret, WriteOptions.PLAIN);
            } catch (ApiFault fault) {
                // anyone who changed it meanwhile has written it with the key in use
                if (fault.code() != CONFLICT && fault.code() != NOT_FOUND) {
                    String name = secret.namespace() + "/" + secret.name();
                    tell("Warning", "SecretsUpdateError", "failed to update secret " + name + ": "
                            + fault.getMessage());
                    throw fault;
                }
            }
            done++;
            if (done % TOLD_EVERY == 0) {
                tell("Normal", "SecretsProgress", "reencrypted " + done + " secrets");
            }
        }
        tell("Normal", "SecretsUpdateComplete", "reencrypted " + done + " secrets");
        return done;
    }

    /// An Event that cannot be written hinders nothing.
    private void tell(String type, String reason, String message) {
        LOG.log(type.equals("Normal") ? Level.INFO : Level.WARNING, "Secrets encryption: " + message);
        try {
            events.write(api, node, reason, message, type.equals("Warning"));
        } catch (ApiFault untold) {
            LOG.log(Level.DEBUG, "Event not written", untold);
        }
    }
}
