package io.k3j.datastorepostgres;

import io.k3j.datastoreapi.StoreOpener;
import io.k3j.sqllog.ServerFiles;
import io.k3j.sqllog.ServerOpener;
import io.k3j.sqllog.SqlDialect;

/// Opens PostgreSQL databases.
public final class PostgresOpener extends ServerOpener implements StoreOpener {
    /// For the component, and for the command, which instantiates it by name.
    public PostgresOpener() {
        // no state
    }

    @Override
    protected SqlDialect dialect(String endpoint, ServerFiles files, boolean keepSecondaryIndexes) {
        return new PostgresDialect(PostgresConnections.of(endpoint, files), keepSecondaryIndexes);
    }
}
