package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import io.k3j.jetcd.EtcdEndpoints;
import java.io.IOException;
import java.time.Duration;

/// Opens a cluster outside of a server, for `k3s datastore` commands.
public final class EtcdOpener implements StoreOpener {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");
    /// The first connection loads the client's classes, which on a busy machine takes longer than the time
    /// limit of an open.
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// For the command, which instantiates it by name.
    public EtcdOpener() {
        // no state
    }

    @Override
    public Opened open(StoreOpener.Place place) {
        io.k3j.datastoreetcd.ClusterAddress address = new io.k3j.datastoreetcd.ClusterAddress(place.endpoint(),
                place.files().get(0),
                place.files().get(1), place.files().get(2), false);
        try {
            EtcdStore store = openWithRetry(address.open());
            return Opened.of(store, store::close);
        } catch (IOException e) {
            throw new DatastoreUnavailable(String.valueOf(e.getMessage()), e, false);
        }
    }

    private static EtcdStore openWithRetry(EtcdEndpoints endpoints) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return EtcdStore.open(endpoints, why -> LOG.log(System.Logger.Level.DEBUG, why));
            } catch (DatastoreUnavailable e) {
                if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
    }
}
