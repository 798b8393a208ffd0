package io.k3j.datastoremysql;

import io.k3j.datastoreapi.StoreOpener;

/// Opens a database outside of a server.
public final class MysqlOpener implements StoreOpener {
    /// For the command, which knows it by name.
    public MysqlOpener() {
        // nothing to keep
    }

    @Override
    public Opened open(Place place) {
        return MysqlStore.open(place.endpoint(), place.files());
    }
}
