package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
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

/// What a server does as long as it runs: says that it is there, forgets servers that are gone, tells when it has
/// drifted from what was agreed, and renews certificates.
final class Upkeep implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    /// Often enough for a lifetime of five minutes.
    private static final Duration SEEN = Duration.ofSeconds(60);
    private static final Duration STEP = Duration.ofSeconds(10);
    /// Secrets of nodes that another server was shown, and died, wait no longer for their owner.
    private static final Duration OWNERS = Duration.ofMinutes(10);
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Supplier<@Nullable Datastore> datastore;
    private final Parity.Mine mine;
    private final NodeSecrets core;
    private final InstantSource clock;
    private final Drift drift;
    private final Work work;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long nextSeen = System.nanoTime();
    private long nextOwners = System.nanoTime();

    // the six things it looks after
    @SuppressWarnings("checkstyle:ParameterNumber")
    Upkeep(Supplier<@Nullable Datastore> datastore, Parity.Mine mine, NodeSecrets core, InstantSource clock,
            Drift drift, Work work) {
        this.datastore = datastore;
        this.mine = mine;
        this.core = core;
        this.clock = clock;
        this.drift = drift;
        this.work = work;
    }

    /// Goes on until closed; on the caller's thread.
    void run() {
        try {
            do {
                step();
            } while (!waited());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// Until the next step, or the end. Nodes come and may go in between.
    private boolean waited() throws InterruptedException {
        long end = System.nanoTime() + STEP.toNanos();
        while (System.nanoTime() < end) {
            if (closed.await(SOON.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
            try {
                core.ownSoon();
            } catch (RuntimeException notNow) {
                LOG.log(Level.DEBUG, "Secrets of nodes are looked at again", notNow);
            }
        }
        return false;
    }

    /// Once.
    void step() {
        Datastore store = datastore.get();
        try {
            work.renewal().step();
            if (store == null) {
                return;
            }
            if (store.shared() && System.nanoTime() - nextSeen >= 0) {
                nextSeen = System.nanoTime() + SEEN.toNanos();
                Members members = new Members(store, mine.name(), mine.kind(), clock);
                members.seen();
                if (core.reachable()) {
                    members.forget(core::nodeExists);
                }
            }
            work.look(store, false);
            if (core.reachable()) {
                if (System.nanoTime() - nextOwners >= 0) {
                    core.own();
                    nextOwners = System.nanoTime() + OWNERS.toNanos();
                }
                drift.step(store);
            }
        } catch (DatastoreUnavailable | ApiFault away) {
            LOG.log(Level.DEBUG, "Not now", away);
        } catch (IOException | RuntimeException failed) {
            LOG.log(Level.WARNING, "Upkeep failed, tried again", failed);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
