package io.k3j.supervisor;

import io.k3j.clusteragreement.ServerJoin;
import io.k3j.componentapi.HealthScope;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.servercredentials.JoinTokens;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Repeats a question to the datastore until the datastore is available and answers, or until the bundle stops.
final class DatastoreWait {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private final CurrentDatastore current;
    private final CountDownLatch stopping;
    private final HealthScope health;

    /// @param stopping reaches zero when the bundle stops
    DatastoreWait(CurrentDatastore current, CountDownLatch stopping, HealthScope health) {
        this.current = current;
        this.stopping = stopping;
        this.health = health;
    }

    /// The bundle stops. This is not a failure of the start.
    static final class Stopped extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// Is repeated after [DatastoreUnavailable], so it must be idempotent.
    interface Question {
        boolean ask() throws IOException;
    }

    /// The answer of the first attempt that reaches the datastore. Retries every second.
    /// @throws Stopped when the bundle stops first
    boolean untilAvailable(Question question) throws IOException {
        while (true) {
            try {
                return question.ask();
            } catch (DatastoreUnavailable unavailable) {
                health.degraded("failed to read bootstrap data: " + unavailable.getMessage());
                LOG.log(Level.WARNING, "Failed to read bootstrap data, retrying: "
                        + unavailable.getMessage());
            }
            try {
                if (stopping.await(1, TimeUnit.SECONDS)) {
                    throw new Stopped();
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new Stopped();
            }
        }
    }

    /// Blocks until there is a datastore.
    Datastore datastore() throws Stopped {
        try {
            Datastore bound = current.await();
            if (bound != null) {
                return bound;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new Stopped();
    }

    /// The same for an etcd of this server's own, which may never be available: blocks no longer than until newer
    /// authorities are on disk without which there would be none ([LeftBehind]).
    /// @return empty when they were written
    Optional<Datastore> datastoreOrAuthorities(SupervisorSettings settings, JoinTokens tokens, ServerJoin joining)
            throws IOException {
        LeftBehind leftBehind = new LeftBehind(settings, tokens, joining, health, LeftBehind.PATIENCE);
        try {
            Optional<Datastore> datastore = leftBehind.await(current);
            if (stopping.getCount() > 0) {
                return datastore;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        throw new Stopped();
    }
}
