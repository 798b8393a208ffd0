package io.k3j.datastoremysql;

import io.k3j.datastoreapi.StoreOpener;
import io.k3j.sqllog.ServerFiles;
import io.k3j.sqllog.ServerOpener;
import io.k3j.sqllog.SqlDialect;

/// Opens MariaDB and MySQL databases.
public final class MysqlOpener extends ServerOpener implements StoreOpener {
    /// For the component, and for the command, which instantiates it by name.
    public MysqlOpener() {
        // no state
    }

    @Override
    protected SqlDialect dialect(String endpoint, ServerFiles files, boolean keepSecondaryIndexes) {
        return new MysqlDialect(MysqlConnections.of(endpoint, files), keepSecondaryIndexes);
    }
}
