package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.datastoreapi.StoreOpener;
import java.io.IOException;

/// Opens a cluster outside of a server.
public final class EtcdOpener implements StoreOpener {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoreetcd");

    /// For the command, which knows it by name.
    public EtcdOpener() {
        // nothing to keep
    }

    @Override
    public Opened open(StoreOpener.Place place) {
        io.k3j.datastoreetcd.Place here = new io.k3j.datastoreetcd.Place(place.endpoint(), place.files().get(0),
                place.files().get(1), place.files().get(2), false);
        try {
            EtcdStore store = EtcdStore.open(here.open(), why -> LOG.log(System.Logger.Level.DEBUG, why));
            return Opened.of(store, store::close);
        } catch (IOException e) {
            throw new DatastoreUnavailable(String.valueOf(e.getMessage()), e, false);
        }
    }
}
