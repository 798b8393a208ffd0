package io.k3j.apiserver;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.HealthLevel;
import io.k3j.componentbase.ServerStart;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.encryption.UnreadableRow;
import io.k3j.watchcache.Store;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Repeats the steps of a start while the datastore is away, or the service that keeps the keys of rows, which may come
/// up later than this server. One thread; one use.
///
/// ```
/// load all ─ a row has no key for now ─► that row alone, every two seconds ─► it opens, or has been replaced: load all
/// ```
final class LoadRetry {
    /// How long is waited for a datastore.
    private static final long MILLIS = 200;
    /// How long for a key.
    private static final long KEY_MILLIS = 2_000;
    private static final long SAID_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Startup.Framework framework;
    private final Store store;
    private final Pause pause;
    private final LongSupplier nanos;
    private long said;

    /// Lets some time pass.
    interface Pause {
        /// @throws InterruptedException when the start is to end
        void await(long millis) throws InterruptedException;
    }

    /// @param nanos a clock that does not jump
    LoadRetry(Startup.Framework framework, Store store, Pause pause, LongSupplier nanos) {
        this.framework = framework;
        this.store = store;
        this.pause = pause;
        this.nanos = nanos;
        this.said = nanos.getAsLong() - SAID_AGAIN_NANOS;
    }

    /// Loads all objects; returns when that has succeeded.
    /// @throws UnreadableRow when a row has no key here; in a swap, which goes back, also while a key is away
    void load(Runnable load) throws InterruptedException {
        while (!loaded(load)) {
            LOG.log(System.Logger.Level.DEBUG, "Loading objects again");
        }
    }

    private boolean loaded(Runnable load) throws InterruptedException {
        try {
            load.run();
            return true;
        } catch (UnreadableRow row) {
            if (!row.passing() || !ServerStart.goesOn(framework.context())) {
                throw row;
            }
            awaitKey(row);
        } catch (DatastoreUnavailable e) {
            LOG.log(System.Logger.Level.WARNING, "Loading objects failed, retrying error={0}", e.getMessage());
            framework.health().report(HealthLevel.STARTING, "cannot read the datastore yet: " + e.getMessage());
            pause.await(MILLIS);
        }
        return false;
    }

    private void awaitKey(UnreadableRow row) throws InterruptedException {
        for (UnreadableRow now = row; now != null; now = still(now)) {
            say("waits for the keys of rows: ", "Waiting for the KMS plug-in, as rows cannot be decrypted error={0}",
                    now.getMessage());
            pause.await(KEY_MILLIS);
        }
    }

    /// Why the row still cannot be read; null when it can, or lies there no longer.
    private @Nullable UnreadableRow still(UnreadableRow why) {
        UnreadableRow.Row row = why.row().orElse(null);
        Datastore datastore = store.await(0);
        if (row == null || datastore == null) {
            return row == null ? null : why;
        }
        try {
            if (datastore.get(row.place()).filter(now -> Arrays.equals(now.value(), row.bytes())).isPresent()) {
                store.atRest().open(row.place(), row.bytes());
            }
            return null;
        } catch (UnreadableRow again) {
            return again.passing() ? again.with(row) : null;
        } catch (DatastoreUnavailable away) {
            return why;
        }
    }

    /// Writes what there has to be; returns when that has succeeded. The pause grows from that for a datastore to that
    /// for a key.
    void write(Runnable write) throws InterruptedException {
        for (long millis = MILLIS;; millis = Math.min(2 * millis, KEY_MILLIS)) {
            try {
                write.run();
                return;
            } catch (ApiFault f) {
                say("cannot make system objects yet: ", "Creating system objects failed, retrying error={0}",
                        f.getMessage());
                pause.await(millis);
            }
        }
    }

    /// In the health, and once a minute in the log.
    private void say(String health, String line, @Nullable String why) {
        framework.health().report(HealthLevel.STARTING, health + why);
        long now = nanos.getAsLong();
        if (now - said >= SAID_AGAIN_NANOS) {
            said = now;
            LOG.log(System.Logger.Level.WARNING, line, why);
        }
    }
}
