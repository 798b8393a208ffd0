package io.k3j.supervisor;

import io.k3j.componentapi.HealthScope;
import io.k3j.datastoreapi.Datastore;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/// A server that was off while the others took over new authorities: its etcd is let in by none of them and never
/// answers. While it does not, the server of `--server` is asked for the authorities of now, as K3s does at every
/// start; that one has to prove itself as to a server that joins.
final class LeftBehind {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// How long etcd may need before somebody else is asked what keeps it.
    static final Duration PATIENCE = Duration.ofSeconds(5);
    /// So many times that, and it is waited for in vain in all likelihood.
    private static final int MANY = 6;

    private final Settings settings;
    private final Tokens tokens;
    private final Joining joining;
    private final HealthScope health;
    private final Duration patience;
    private int looks;
    private String said = "";

    LeftBehind(Settings settings, Tokens tokens, Joining joining, HealthScope health, Duration patience) {
        this.settings = settings;
        this.tokens = tokens;
        this.joining = joining;
        this.health = health;
        this.patience = patience;
    }

    /// Blocks until there is a datastore.
    /// @return empty when there are newer authorities on disk instead, with which there will be one, or nobody waits
    /// any more
    /// @throws Mismatch when this server's flags contradict those of the cluster that has newer ones
    Optional<Datastore> await(CurrentDatastore current) throws Mismatch, InterruptedException {
        Datastore there;
        do {
            there = current.await(patience);
        } while (there == null && !current.closed() && !caughtUp());
        return Optional.ofNullable(there);
    }

    private boolean caughtUp() throws Mismatch {
        if (settings.server().isEmpty()) {
            if (++looks >= MANY) {
                say("the etcd of this server has found no majority for some time: the other servers are off or cannot"
                        + " be reached, or they have taken over new certificate authorities while this one was off; in"
                        + " that case start it with --server https://ANOTHER-SERVER:6443 and --token with what is in"
                        + " server/token there");
            }
            return false;
        }
        try {
            boolean newer = joining.catchUp(settings.token().isEmpty() ? tokens.knownPassword().orElse("")
                    : settings.token());
            if (newer) {
                LOG.log(Level.INFO, "The cluster has new authorities since this server was off; took them over from="
                        + settings.server());
            }
            return newer;
        } catch (Mismatch refused) {
            throw refused;
        } catch (IOException notNow) {
            say("the etcd of this server does not answer yet, and whether the cluster has new certificate authorities"
                    + " cannot be asked: " + Reason.of(notNow));
            return false;
        }
    }

    private void say(String why) {
        health.degraded(why);
        LOG.log(why.equals(said) ? Level.DEBUG : Level.WARNING, why);
        said = why;
    }
}
