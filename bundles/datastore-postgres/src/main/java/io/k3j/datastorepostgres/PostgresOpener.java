package io.k3j.datastorepostgres;

import io.k3j.datastoreapi.StoreOpener;

/// Opens a database outside of a server.
public final class PostgresOpener implements StoreOpener {
    /// For the command, which knows it by name.
    public PostgresOpener() {
        // nothing to keep
    }

    @Override
    public Opened open(Place place) {
        return PostgresStore.open(place.endpoint(), place.files());
    }
}
