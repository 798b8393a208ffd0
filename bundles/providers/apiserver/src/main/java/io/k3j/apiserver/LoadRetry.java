package io.k3j.apiserver;

import io.k3j.componentapi.HealthLevel;
import io.k3j.componentbase.ServerStart;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.encryption.UnreadableRow;
import java.util.concurrent.TimeUnit;

/// Loads all objects at the start, once more while the datastore is away, or the service that keeps the keys of rows,
/// which may come up later than this server. One thread; one use.
final class LoadRetry {
    /// How long is waited for a datastore.
    static final long MILLIS = 200;
    /// How long for keys: all rows up to the first one without its key are read each time.
    private static final long KEY_MILLIS = 2_000;
    private static final long SAID_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final Startup.Framework framework;
    private final Pause pause;
    private long said = System.nanoTime() - SAID_AGAIN_NANOS;

    /// Lets some time pass.
    interface Pause {
        /// @throws InterruptedException when the start is to end
        void await(long millis) throws InterruptedException;
    }

    LoadRetry(Startup.Framework framework, Pause pause) {
        this.framework = framework;
        this.pause = pause;
    }

    /// Returns when it has succeeded.
    /// @throws UnreadableRow when a row has no key here; in a swap, which goes back, also while a key is away
    void run(Runnable load) throws InterruptedException {
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
            say(row);
            pause.await(KEY_MILLIS);
        } catch (DatastoreUnavailable e) {
            LOG.log(System.Logger.Level.WARNING, "Loading objects failed, retrying error={0}", e.getMessage());
            framework.health().report(HealthLevel.STARTING, "cannot read the datastore yet: " + e.getMessage());
            pause.await(MILLIS);
        }
        return false;
    }

    private void say(UnreadableRow row) {
        framework.health().report(HealthLevel.STARTING, "waits for the keys of rows: " + row.getMessage());
        if (System.nanoTime() - said >= SAID_AGAIN_NANOS) {
            said = System.nanoTime();
            LOG.log(System.Logger.Level.WARNING, "Waiting for the KMS plug-in, as rows cannot be decrypted error={0}",
                    row.getMessage());
        }
    }
}
