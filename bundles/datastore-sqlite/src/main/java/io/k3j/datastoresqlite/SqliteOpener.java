package io.k3j.datastoresqlite;

import io.k3j.datastoreapi.StoreOpener;

/// Opens the database of a stopped server.
public final class SqliteOpener implements StoreOpener {
    private static final System.Logger LOG = System.getLogger("io.k3j.datastoresqlite");

    /// For the command, which knows it by name.
    public SqliteOpener() {
        // nothing to keep
    }

    @Override
    public Opened open(Place place) {
        return SqliteStore.open(place.dataDir(), false, why -> LOG.log(System.Logger.Level.ERROR, why));
    }
}
