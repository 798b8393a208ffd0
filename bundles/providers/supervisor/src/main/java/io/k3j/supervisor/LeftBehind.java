package io.k3j.supervisor;

import io.k3j.clusteragreement.FlagMismatch;
import io.k3j.clusteragreement.ServerJoin;
import io.k3j.componentapi.HealthScope;
import io.k3j.datastoreapi.Datastore;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/// A server that was off while the cluster adopted new certificate authorities: no member accepts its etcd's
/// certificates any more, so its datastore never becomes available. Meanwhile this server asks the one named by
/// `--server` for the current authorities, as K3s does at every start. That server must prove its identity as
/// towards a joining server.
final class LeftBehind {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// How long to wait for etcd before the other server is asked.
    static final Duration PATIENCE = Duration.ofSeconds(5);
    /// After so many waits without a result the operator is told the likely cause.
    private static final int ATTEMPTS_BEFORE_REPORT = 6;

    private final SupervisorSettings settings;
    private final JoinTokens tokens;
    private final ServerJoin joining;
    private final HealthScope health;
    private final Duration patience;
    private int attempts;
    private String lastReason = "";

    LeftBehind(SupervisorSettings settings, JoinTokens tokens, ServerJoin joining, HealthScope health,
            Duration patience) {
        this.settings = settings;
        this.tokens = tokens;
        this.joining = joining;
        this.health = health;
        this.patience = patience;
    }

    /// Blocks until there is a datastore.
    /// @return empty when newer authorities were written to disk instead, so that the start has to be repeated
    ///        with them, or when `current` was closed
    /// @throws FlagMismatch when this server's flags contradict those of the cluster with the newer authorities
    Optional<Datastore> await(CurrentDatastore current) throws FlagMismatch, InterruptedException {
        Datastore datastore;
        do {
            datastore = current.await(patience);
        } while (datastore == null && !current.closed() && !adoptNewerAuthorities());
        return Optional.ofNullable(datastore);
    }

    private boolean adoptNewerAuthorities() throws FlagMismatch {
        if (settings.server().isEmpty()) {
            if (++attempts >= ATTEMPTS_BEFORE_REPORT) {
                report("the etcd of this server has found no majority for some time: the other servers are off or"
                        + " cannot be reached, or they have taken over new certificate authorities while this one was"
                        + " off; in that case start it with --server https://ANOTHER-SERVER:6443 and --token with what"
                        + " is in server/token there");
            }
            return false;
        }
        try {
            boolean newer = joining.catchUp(settings.token().isEmpty() ? tokens.knownPassword().orElse("")
                    : settings.token());
            if (newer) {
                LOG.log(Level.INFO, "Adopted the cluster's new CA certificates from="
                        + settings.server());
            }
            return newer;
        } catch (FlagMismatch refused) {
            throw refused;
        } catch (IOException unavailable) {
            report("the etcd of this server does not answer yet, and whether the cluster has new certificate"
                    + " authorities cannot be asked: " + FailureReason.of(unavailable));
            return false;
        }
    }

    private void report(String why) {
        health.degraded(why);
        LOG.log(why.equals(lastReason) ? Level.DEBUG : Level.WARNING, why);
        lastReason = why;
    }
}
