package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import io.k3j.clusteragreement.Members;
import io.k3j.clusteragreement.Parity;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The periodic work of a running server: renews its registration in the datastore, forgets servers that are
/// gone, reports drift from the agreed configuration, renews certificates and, without a node, tells of their ends.
final class Upkeep implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Well below the registration's lifetime of five minutes.
    private static final Duration SEEN_INTERVAL = Duration.ofSeconds(60);
    private static final Duration STEP_INTERVAL = Duration.ofSeconds(10);
    /// Bounds how long the Secret of a node waits for its owner when the server it was presented to has died.
    private static final Duration OWNERS_INTERVAL = Duration.ofMinutes(10);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

    private final Supplier<@Nullable Datastore> datastore;
    private final Parity.Mine mine;
    private final NodeSecrets secrets;
    private final InstantSource clock;
    private final ConfigDrift drift;
    private final Work work;
    private final Runnable certificates;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long nextSeen = System.nanoTime();
    private long nextOwners = System.nanoTime();
    private boolean migrated;

    // one collaborator for each task
    @SuppressWarnings("checkstyle:ParameterNumber")
    Upkeep(Supplier<@Nullable Datastore> datastore, Parity.Mine mine, NodeSecrets secrets, InstantSource clock,
            ConfigDrift drift, Work work, Runnable certificates) {
        this.datastore = datastore;
        this.mine = mine;
        this.secrets = secrets;
        this.clock = clock;
        this.drift = drift;
        this.work = work;
        this.certificates = certificates;
    }

    /// Runs until closed, on the caller's thread.
    void run() {
        try {
            do {
                step();
            } while (!awaitNextStep());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for the next step; true when closed. Nodes that register meanwhile get their Secrets.
    private boolean awaitNextStep() throws InterruptedException {
        long end = System.nanoTime() + STEP_INTERVAL.toNanos();
        while (System.nanoTime() < end) {
            if (closed.await(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
            try {
                secrets.setOwnersOfPresented();
            } catch (RuntimeException unavailable) {
                LOG.log(Level.DEBUG, "Secrets of nodes are looked at again", unavailable);
            }
        }
        return false;
    }

    /// Runs all tasks once; failures are logged and retried at the next step.
    void step() {
        Datastore store = datastore.get();
        try {
            work.renewal().step();
            if (store == null) {
                return;
            }
            if (store.shared() && System.nanoTime() - nextSeen >= 0) {
                nextSeen = System.nanoTime() + SEEN_INTERVAL.toNanos();
                Members members = new Members(store, mine.name(), mine.kind(), clock);
                members.seen();
                if (secrets.reachable()) {
                    members.forget(secrets::nodeExists);
                }
            }
            work.follow(store, false);
            if (secrets.reachable()) {
                if (!migrated) {
                    migrated = secrets.migrate();
                }
                if (System.nanoTime() - nextOwners >= 0) {
                    secrets.setOwners();
                    nextOwners = System.nanoTime() + OWNERS_INTERVAL.toNanos();
                }
                drift.step(store);
                certificates.run();
            }
        } catch (DatastoreUnavailable | ApiFault unavailable) {
            LOG.log(Level.DEBUG, "Not now", unavailable);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "Server upkeep failed, retrying", failed);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
